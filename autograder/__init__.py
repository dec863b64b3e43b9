"""The grading engine of *Backprop by Hand* and its command line."""

import sys

# Where jsonschema finds this package it compiles a grammar of international addresses, which
# takes longer than all other imports together.  No schema of a notebook asks for one.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
