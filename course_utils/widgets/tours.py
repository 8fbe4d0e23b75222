"""The guided tour of the explorer: questions to answer before one looks, for the pictures of lesson 01."""

from course_utils.validation import one_of

EXAMPLE, LIT, CAT = "5 × 5 example", "zeros and ones", "cat"
PARTS = ("ask", "choices", "right", "hint", "start", "show", "tell")
PLAIN = {"stride": 1, "padding": 0, "dilation": 1, "row": 0, "column": 0}


def one_weight(row: int, column: int, size: int = 7) -> list[list[int]]:
    """Return a kernel of zeros, (size, size), with a single 1."""
    return [[int((i, j) == (row, column)) for j in range(size)] for i in range(size)]


FIRST_STEPS = [
    {
        "start": PLAIN | {"image": EXAMPLE, "kernel": [[0, 1, 2], [2, 2, 0], [0, 1, 2]]},
        "ask": "With stride 2 the window moves two pixels at a time. How large will the output be?",
        "choices": ["3 × 3", "2 × 2", "5 × 5"],
        "right": 1,
        "show": {"stride": 2, "row": 1, "column": 1},
        "hint": "Point along the first row of the output: where does the window begin, now and in steps of two?",
        "tell": "2 × 2: the window stops twice along each side. The kernel still has its nine weights.",
    },
    {
        "start": PLAIN | {"image": EXAMPLE, "kernel": [[0, 1, 2], [2, 2, 0], [0, 1, 2]]},
        "ask": "Stride 1 again. How many rings of zeros keep the output as large as the picture, 5 × 5?",
        "choices": ["one", "two", "three"],
        "right": 0,
        "show": {"padding": 1},
        "hint": "Each ring makes the picture two pixels wider and two pixels higher.",
        "tell": "One ring. The price: in the corner, five of the nine numbers under the window are added zeros.",
    },
    {
        "start": PLAIN | {"image": LIT, "kernel": [[1, 0, 1], [0, 1, 0], [1, 0, 1]]},
        "ask": "Ones in the corners and in the centre of the kernel, a picture of zeros and ones. "
        "What does each output number tell?",
        "choices": [
            "which pixel is the brightest",
            "whether the patch is even",
            "how many of these five places are lit",
        ],
        "right": 2,
        "show": {"row": 1, "column": 2},
        "hint": "Look at the products: which of them can be more than zero?",
        "tell": "It counts. Here, in row 1 and column 2, three of the five places are lit.",
    },
    {
        "start": PLAIN | {"image": CAT, "kernel": one_weight(3, 3), "padding": 3, "row": 36, "column": 36},
        "ask": "A single 1 in the centre copies the picture. Where does the cat go when the 1 moves to the right end "
        "of its row?",
        "choices": ["3 pixels to the right", "3 pixels to the left", "nowhere, it gets darker"],
        "right": 1,
        "show": {"kernel": one_weight(3, 6)},
        "hint": "Take one output pixel: which pixel of the picture does the 1 lie on now?",
        "tell": "To the left: each output pixel now reads the pixel three places to its right. Press “Flip kernel” "
        "and the cat moves to the right. That turned kernel is what mathematics calls a convolution.",
    },
    {
        "start": PLAIN | {"image": CAT, "kernel": one_weight(1, 1, 3), "padding": 1, "row": 36, "column": 36},
        "ask": "Now each row of the kernel becomes −1, 0, 1. Where will the output be close to zero?",
        "choices": ["where the picture is even", "at upright edges", "everywhere"],
        "right": 0,
        "show": {"kernel": [[-1, 0, 1]] * 3},
        "hint": "What do −1, 0 and 1 make of three equal pixels?",
        "tell": "Where it is even: the weights add up to zero, so equal brightness cancels. Upright edges remain, "
        "red from dark to bright and blue from bright to dark. A kernel is a question to a patch.",
    },
]


def as_tour(tour, names) -> list[dict]:
    """Return the steps of a tour; raise a ``ValueError`` when one asks for a picture that is not in the menu.

    Args:
        tour: None (no tour), ``"first steps"`` (the one of lesson 01), or a list of steps as in ``FIRST_STEPS``.
        names: names of the explorer's pictures.
    """
    if tour is None:
        return []
    steps: list[dict] = FIRST_STEPS if isinstance(tour, str) and one_of("tour", tour, ["first steps"]) else list(tour)
    for step in steps:
        missing = [part for part in PARTS if part not in step]
        if missing:
            raise ValueError(f"tour must be steps with {', '.join(PARTS)}; missing {', '.join(missing)}.")
        one_of("tour", step["start"].get("image", next(iter(names))), names)
    return steps
