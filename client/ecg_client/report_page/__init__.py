"""One page of HTML for a batch of recordings: it needs no network, no other file and no program but a browser.

All that comes from files and the service is text on it: ids of recordings are whatever somebody called a file.
"""

from ecg_client.report_page.page import ReportPage, writing_page

__all__ = ["ReportPage", "writing_page"]
