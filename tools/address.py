"""Where the course lives: one setting, which badges, set-up cells, citation follow: ``make address REPO=owner/name``.

    python tools/address.py owner/name

`Repository` in pyproject.toml is the setting; every tracked file that names the address is rewritten with it. The
site's configuration and the tests read it there.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+")
OUTSIDE = r"(?![\w-])"  # where an address ends


def present(root: Path = ROOT) -> str:
    """Return the repository that pyproject.toml names, as ``owner/name``."""
    address = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
    return "/".join(address.rstrip("/").split("/")[-2:])


def moved(text: str, old: str, new: str) -> str:
    """Return a text in which the repository, its site and its folder on Colab have their new names."""
    (old_owner, old_name), (new_owner, new_name) = old.split("/"), new.split("/")
    for before, after in (
        (rf"(?<![\w-]){re.escape(old)}{OUTSIDE}", new),
        (rf"\b{re.escape(old_owner)}\.github\.io/{re.escape(old_name)}{OUTSIDE}", f"{new_owner}.github.io/{new_name}"),
        (rf"/content/{re.escape(old_name)}{OUTSIDE}", f"/content/{new_name}"),
    ):
        text = re.sub(before, lambda _, after=after: after, text)
    return text


def rewritten(new: str, root: Path = ROOT) -> dict[Path, str]:
    """Return the tracked files that a new address changes, and what they hold then.

    Args:
        new: the repository, ``owner/name``.
        root: the checkout.

    Raises:
        SystemExit: ``new`` is no such name.
    """
    if not NAME.fullmatch(new):
        raise SystemExit(f"address: REPO={new!r} is no repository; write owner/name, as in REPO={present(root)}")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True, text=True)
    made, old = {}, present(root)
    for name in filter(None, listed.stdout.split("\0")):
        path = root / name
        try:
            text = path.read_bytes().decode("utf-8")
        except (UnicodeDecodeError, FileNotFoundError):  # a picture, or a file that is about to go
            continue
        changed = moved(text, old, new)
        if changed != text:
            made[path] = changed
    return made


def main() -> None:
    """Rewrite the address."""
    if len(sys.argv) != 2 or not sys.argv[1]:
        raise SystemExit(f"address: which one? make address REPO=owner/name (now {present()})")
    files = rewritten(sys.argv[1])
    for path, text in files.items():
        path.write_bytes(text.encode("utf-8"))
    print(f"address: https://github.com/{sys.argv[1]}, {len(files)} files changed")


if __name__ == "__main__":
    main()
