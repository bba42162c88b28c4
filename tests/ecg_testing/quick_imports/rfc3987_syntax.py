"""Stands before a package of this name, which `jsonschema` uses where it is there, and Ray `jsonschema`.

To import it takes seconds of a core, in each of Ray's processes, and only tools of development bring it along.
"""

raise ImportError("left out")
