"""``python -m companion_checks [FOLDER]``: check the ledger, the sources and the pages of a project."""

import sys

from companion_checks.validate import main

sys.exit(main())
