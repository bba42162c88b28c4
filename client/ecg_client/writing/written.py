"""What a writer says of a recording that it wrote."""

import dataclasses

from ecg_client.recording import PatientMetadata


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """A recording as it was written.

    Attributes:
        name: What it is called when it is read again.
        lost_fields: The known fields of its metadata that the format has no place for.
        is_renamed: Whether it could not be called by its recording id.
    """

    name: str
    lost_fields: tuple[str, ...]
    is_renamed: bool = False


def lost_fields(metadata: PatientMetadata, read_back: PatientMetadata) -> tuple[str, ...]:
    """Returns the names of the known fields that are others, or unknown, when they are read again."""
    names = [field.name for field in dataclasses.fields(metadata)]
    return tuple(name for name in names if getattr(metadata, name) not in {None, getattr(read_back, name)})
