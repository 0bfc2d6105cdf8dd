"""A record of `csl_items` in the few terms that reference managers share, for files (`exports`) and pages (`coins`).

What a style can print and what a manager keeps are two things. Zotero has no type for an entry or for a figure in
a book and makes a bare document of them, without the book; a map of its own has no book either; a book with a
version becomes a computer program; a dataset has a repository but no work around it; a document has, in RIS, no
place for what it is. So parts of the book are its sections, and their notes say what part; a version stands where
an edition does, except that of a dataset; the book is the repository of its data; and a text behind which no
publisher stands is a manuscript of a kind (*machine retranslation*).
"""

#: CSL's types for parts of a book that have no counterpart, and what such a part is called where its number does not say it.
_PARTS = {"entry": "", "figure": "", "map": "map"}


def record(item: dict) -> dict:
    """Return a record as managers know it; what is not named here stays as it is.

    Parameters
    ----------
    item : a record of `csl_items` (CSL-JSON)

    Returns
    -------
    a record whose ``type`` is ``book``, ``chapter``, ``dataset``, ``manuscript``, ``webpage`` or that of an article,
    whose ``version``, where it is no dataset, has become an ``edition``, and the number of whose figure a ``note``
    """
    known = {name: value for name, value in item.items() if name != "custom"}
    known["id"] = key(item)
    if item["type"] in _PARTS:
        known["type"] = "chapter"
        about = _PARTS[item["type"]]
        if "number" in known:
            known["note"] = known.pop("number") + (f" ({about})" if about else "")
    elif item["type"] == "document":
        known["type"] = "manuscript"
    if item["type"] == "dataset":
        known["publisher"] = known.pop("container-title")
    elif "version" in known:
        known["edition"] = f"Version {known.pop('version')}"
    return known


def key(item: dict) -> str:
    """Return the key by which texts name a record: a source keeps its own, what is ours is ``companion2026-…``."""
    if "custom" not in item:
        return item["id"]
    return f"companion{item['issued']['date-parts'][0][0]}-{item['id']}"
