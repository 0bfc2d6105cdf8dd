"""Adds the addresses of the built site to the list of those that must stay; takes none out."""

import pathlib
import sys

from companion_press.keeping import whole

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))

import test_published_addresses as published  # noqa: E402  (the test says what an address is)


def main():
    known = set(published.LIST.read_text("utf-8").split()) if published.LIST.exists() else set()
    new = published.addresses(ROOT / "_build/html") - known
    whole.write(published.LIST, "\n".join(sorted(known | new)) + "\n")
    print(f"{len(new)} new addresses, {len(known)} known before")


if __name__ == "__main__":
    main()
