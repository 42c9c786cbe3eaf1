"""From notebooks to a published study: kernels, execution, pipeline, pages and site."""

import sys

# Reading notebooks brings in jsonschema, which tries this module, and that builds a grammar for over a second.
# It is for international web addresses in schemas; jsonschema does without where it is absent.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
