"""The catalogue: one row a data set. Where it is published, how it is recognised, what stands in for it.

A *published* file is recognised by its own SHA-256. A copy in a mirror may be packed in another way: there the
*contents* are compared, hence the second set of hashes. Where the hashes come from is told in ``data/README.md``.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class File:
    """One published file: its name, address, size in bytes and SHA-256."""

    name: str
    url: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Entry:
    """One row of the catalogue.

    Attributes:
        layout: how its files are read: ``"npz"``, ``"idx"``, ``"cifar"``, ``"images"``, or ``"bundled"``.
        files: the published files; empty when nothing can be downloaded and verified.
        copies: names that a copy may have in a mirror, the first one that is in order counts.
        members: of a packed set, {member: (hash, bytes)}; the hash is written ``sha256:…`` or ``md5:…``.
        arrays: SHA-256 of each array's bytes (C order, uint8), where known.
        train, test: shapes of x_train and x_test; of image files, how many there are (empty when editions differ).
        stand_in: what is used where nothing else is available, in words; empty for sets that are bundled themselves.
        maker: name of the function, see `sources.MAKERS`, that makes the bundled data.
    """

    name: str
    title: str
    layout: str
    class_names: tuple[str, ...]
    citation: str
    licence: str
    maker: str
    train: tuple[int, ...] = ()
    test: tuple[int, ...] = ()
    files: tuple[File, ...] = ()
    copies: tuple[str, ...] = ()
    members: dict[str, tuple[str, int]] = field(default_factory=dict)
    arrays: dict[str, str] = field(default_factory=dict)
    stand_in: str = ""


DIGITS = tuple("0123456789")
TEN_OBJECTS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
FLOWERS = (
    "daffodil", "snowdrop", "lily valley", "bluebell", "crocus", "iris", "tigerlily", "tulip", "fritillary",
    "sunflower", "daisy", "colts' foot", "dandelion", "cowslip", "buttercup", "windflower", "pansy",
)  # fmt: skip
PHOTOGRAPHED = (
    "astronaut", "chelsea", "coffee", "rocket", "hubble", "retina", "tissue", "temple", "dahlia",
)  # fmt: skip
HUNDRED_OBJECTS = (
    "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle "
    "caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant "
    "flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man "
    "maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree "
    "plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper "
    "snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train "
    "trout tulip turtle wardrobe whale willow_tree wolf woman worm"
)
KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
TORONTO = "https://www.cs.toronto.edu/~kriz/"
OXFORD = "https://www.robots.ox.ac.uk/~vgg/data/flowers/17/"

# fmt: off
ENTRIES = (
    Entry(
        name="mnist", title="MNIST", layout="npz",
        class_names=DIGITS,
        train=(60000, 28, 28), test=(10000, 28, 28),
        files=(
            File("mnist.npz", KERAS + "mnist.npz", 11_490_434,
                 "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"),
        ),
        copies=("mnist.npz",),
        arrays={
            "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
            "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
            "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
            "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
        },
        citation="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document "
        "recognition, Proceedings of the IEEE 86 (1998)",
        licence="CC BY-SA 3.0",
        stand_in="scikit-learn's 1,797 digits, enlarged to 28×28",
        maker="digits_like_mnist",
    ),
    Entry(
        name="fashion_mnist", title="Fashion-MNIST", layout="idx",
        class_names=FASHION,
        train=(60000, 28, 28), test=(10000, 28, 28),
        files=(
            File("train-images-idx3-ubyte.gz", KERAS + "train-images-idx3-ubyte.gz", 26_421_880,
                 "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            File("train-labels-idx1-ubyte.gz", KERAS + "train-labels-idx1-ubyte.gz", 29_515,
                 "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            File("t10k-images-idx3-ubyte.gz", KERAS + "t10k-images-idx3-ubyte.gz", 4_422_102,
                 "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            File("t10k-labels-idx1-ubyte.gz", KERAS + "t10k-labels-idx1-ubyte.gz", 5_148,
                 "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ),
        # MNIST's own files have these names too, so a copy lies in a folder of its own.
        copies=("fashion_mnist", "fashion-mnist"),
        citation="H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking machine "
        "learning algorithms (2017), arXiv:1708.07747",
        licence="MIT",
        stand_in="scikit-learn's 1,797 digits, enlarged to 28×28",
        maker="digits_like_mnist",
    ),
    Entry(
        name="cifar10", title="CIFAR-10", layout="cifar",
        class_names=TEN_OBJECTS,
        train=(50000, 32, 32, 3), test=(10000, 32, 32, 3),
        files=(
            File("cifar-10-python.tar.gz", TORONTO + "cifar-10-python.tar.gz", 170_498_071,
                 "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"),
        ),
        copies=("cifar-10-python.tar.xz", "cifar-10-python.tar.gz", "cifar-10-batches-py"),
        members={
            "data_batch_1": ("sha256:54636561a3ce25bd3e19253c6b0d8538147b0ae398331ac4a2d86c6d987368cd", 31035704),
            "data_batch_2": ("sha256:766b2cef9fbc745cf056b3152224f7cf77163b330ea9a15f9392beb8b89bc5a8", 31035320),
            "data_batch_3": ("sha256:0f00d98ebfb30b3ec0ad19f9756dc2630b89003e10525f5e148445e82aa6a1f9", 31035999),
            "data_batch_4": ("sha256:3f7bb240661948b8f4d53e36ec720d8306f5668bd0071dcb4e6c947f78e9682b", 31035696),
            "data_batch_5": ("sha256:d91802434d8376bbaeeadf58a737e3a1b12ac839077e931237e0dcd43adcb154", 31035623),
            "test_batch": ("sha256:f53d8d457504f7cff4ea9e021afcf0e0ad8e24a91f3fc42091b8adef61157831", 31035526),
        },
        arrays={
            "x_train": "47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a",
            "y_train": "2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253",
            "x_test": "f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04",
            "y_test": "cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5",
        },
        citation="A. Krizhevsky, Learning multiple layers of features from tiny images (2009)",
        licence="no explicit licence; cite the report",
        stand_in="a generated set of ten shapes, 32×32 RGB",
        maker="shapes",
    ),
    Entry(
        name="cifar100", title="CIFAR-100", layout="cifar",
        class_names=tuple(HUNDRED_OBJECTS.split()),
        train=(50000, 32, 32, 3), test=(10000, 32, 32, 3),
        files=(
            File("cifar-100-python.tar.gz", TORONTO + "cifar-100-python.tar.gz", 169_001_437,
                 "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"),
        ),
        copies=("cifar-100-python.tar.xz", "cifar-100-python.tar.gz", "cifar-100-python"),
        # The members' sizes are not published: 0 stands for "not known".
        members={
            "train": ("md5:16019d7e3df5f24257cddd939b257f8d", 0),
            "test": ("md5:f0ef6b0ae62326f3e7ffdfab6717acfc", 0),
        },
        citation="A. Krizhevsky, Learning multiple layers of features from tiny images (2009)",
        licence="no explicit licence; cite the report",
        stand_in="a generated set of a hundred classes, ten shapes in each of ten colours, 32×32 RGB",
        maker="coloured_shapes",
    ),
    Entry(
        name="digits", title="scikit-learn's digits", layout="bundled",
        class_names=DIGITS,
        train=(1497, 8, 8), test=(300, 8, 8),
        citation="E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI repository (1998)",
        licence="CC BY 4.0",
        maker="digits",
    ),
    Entry(
        name="shapes", title="Shapes", layout="bundled",
        class_names=("circle", "square", "triangle", "cross", "star", "ring", "crescent", "bar", "heart", "corner"),
        train=(10000, 32, 32, 3), test=(2000, 32, 32, 3),
        citation="generated by this course",
        licence="the course's own",
        maker="shapes",
    ),
    Entry(
        name="photos", title="Patches of nine photographs", layout="bundled",
        class_names=PHOTOGRAPHED,
        train=(1800, 32, 32, 3), test=(450, 32, 32, 3),
        citation="photographs that come with scikit-image and scikit-learn",
        licence="public domain, CC0 and CC BY 2.0; each picture's own is told in data/README.md",
        maker="photos",
    ),
    Entry(
        name="textures", title="Grey patches of five textures", layout="bundled",
        class_names=("brick", "grass", "gravel", "stars", "tissue"),
        train=(2000, 32, 32), test=(500, 32, 32),
        citation="pictures that come with scikit-image",
        licence="CC0 and public domain; each picture's own is told in data/README.md",
        maker="textures",
    ),
    Entry(
        name="flowers17", title="17 Category Flowers", layout="images",
        class_names=FLOWERS,
        train=(1360,),
        files=(
            File("17flowers.tgz", OXFORD + "17flowers.tgz", 60_270_631,
                 "fe38a60f8b4a95e657551247d3e7d799a3fafcdbc595be504b12839967823d70"),
        ),
        copies=("17flowers_224.tgz", "17flowers.tgz", "17flowers"),
        citation="M.-E. Nilsback, A. Zisserman, A visual vocabulary for flower classification, CVPR (2006)",
        licence="images from the web, for research; do not republish",
        stand_in="generated pictures of 17 kinds of flower",
        maker="flowers17",
    ),
    Entry(
        name="cats_vs_dogs", title="Cats and dogs", layout="images",
        class_names=("cats", "dogs"),
        # No publisher gives a checksum of a small edition, so nothing is downloaded: a mirror is needed.
        copies=("cats_and_dogs_small.zip", "cats_and_dogs_filtered.zip", "cats_and_dogs_small",
                "cats_and_dogs_filtered"),
        citation="J. Elson, J. Douceur, J. Howell, J. Saul, Asirra: a CAPTCHA that exploits interest-aligned manual "
        "image categorization, CCS (2007)",
        licence="competition rules of Kaggle's Dogs vs. Cats; do not republish",
        stand_in="generated drawings of cats and dogs",
        maker="cats_vs_dogs",
    ),
)
# fmt: on
CATALOGUE = {entry.name: entry for entry in ENTRIES}
ARRAY_SETS = tuple(entry.name for entry in ENTRIES if entry.layout != "images")
FOLDER_SETS = tuple(entry.name for entry in ENTRIES if entry.layout == "images")
