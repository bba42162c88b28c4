"""Pictures of recordings, drawn as they are printed for cardiologists: true to scale, in SVG, PNG or PDF.

Where what lies on the page is decided in millimetres by functions that draw nothing (`paper`, `strips`, `traces`,
`remarks`); the other modules ink it. Drawing needs the extra `plot`.
"""

from ecg_client.plotting.picture import Picture
from ecg_client.plotting.picture_file import write_picture
from ecg_client.plotting.strips import Arrangement

__all__ = ["Arrangement", "Picture", "write_picture"]
