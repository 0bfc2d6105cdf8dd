"""``python -m companion_checks [FOLDER]``: check the ledger, the sources and the pages of a project."""

import sys

# jsonschema builds forty grammars of web addresses when it is imported, which takes longer than all the checks. They
# serve its test of formats, for which nobody asks here (Frictionless makes its validators without one).
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from companion_checks.validate import main  # noqa: E402

sys.exit(main())
