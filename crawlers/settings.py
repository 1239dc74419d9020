"""Scrapy settings of the crawlers: politeness, and limits against hostile pages."""

from django.conf import settings as server
from scrapy.settings import default_settings

BOT_NAME = "MishMobCrawler"
USER_AGENT = f"{BOT_NAME}/0.1 (+{server.PUBLIC_URL})"

# Politeness.
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = BOT_NAME
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0.5
AUTOTHROTTLE_MAX_DELAY = 10
CONCURRENT_REQUESTS_PER_DOMAIN = 2
COOKIES_ENABLED = False
REFERRER_POLICY = "same-origin"

# Limits. The size counts after decompression; the timeout covers a whole download, also a slow one.
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
RETRY_TIMES = 2
# A retry would not help: a private address fails like an unknown one (see `public_addresses.py`), and a slow page has
# used up its time.
_FINAL = ("CannotResolveHostError", "DownloadTimeoutError")
RETRY_EXCEPTIONS = [error for error in default_settings.RETRY_EXCEPTIONS if not str(error).endswith(_FINAL)]
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False

# Only http and https, only to public addresses. A proxy would bypass the check of the addresses.
_BOUNDED = "crawlers.extensions.bounded_http.BoundedDownloadHandler"
DOWNLOAD_HANDLERS = {"http": _BOUNDED, "https": _BOUNDED, "data": None, "file": None, "ftp": None, "s3": None}
TWISTED_DNS_RESOLVER = "crawlers.extensions.public_addresses.PublicAddressResolver"
HTTPPROXY_ENABLED = False
# Open no port while a crawl runs.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

ITEM_PIPELINES = {"crawlers.pipelines.store_listing.StoreListing": 100}
# The server configures logging.
LOG_INSTALL_ROOT_HANDLER = False
STATS_DUMP = False
