"""What stands above each part of a .proto file."""

import re

from google.protobuf.descriptor_pb2 import FileDescriptorProto

SYNTAX_PATH = (12,)
"""Where the comment at the head of a file is: it stands above `syntax`."""

_ITEM = re.compile(r"^- ")


class Comments:
    """The comments of one file, by the path of what they stand above, as `SourceCodeInfo` has it.

    Args:
        file: The file, with its source info.
    """

    def __init__(self, file: FileDescriptorProto) -> None:
        self._of = {tuple(location.path): location.leading_comments for location in file.source_code_info.location}

    def markdown(self, *path: int) -> str:
        """Return the comment as Markdown; empty where there is none."""
        return _as_markdown(self._of.get(path, ""))

    def line(self, *path: int) -> str:
        """Return the comment on one line, for a cell of a table."""
        return " ".join(self.markdown(*path).split()).replace("|", "\\|")


def _as_markdown(comment: str) -> str:
    """Take off the blank behind `//`, and the indentation of lists."""
    lines = (re.sub(r"^ {1,3}(?=- )", "", line.removeprefix(" ")) for line in comment.splitlines())
    return "\n".join(re.sub(r"^ {4}(?=\S)", "  ", line) for line in lines).strip()
