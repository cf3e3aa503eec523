"""HTTP to Foresight: by https unless it is on this machine, with a deadline, told plainly when it fails."""

import base64
import http.client
import ipaddress
import json
import random
import re
import socket
import ssl
import time
from urllib.parse import urlsplit

from .problems import REFUSED, UNREACHED, UNSET, Problem

USER_AGENT = "foresight-splunk-app"


class Reply:
    """An answer: its status, headers by lower-case name (all of one name in a list), and body."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name):
        values = self.headers.get(name.lower())
        return values[0] if values else ""

    def json(self):
        try:
            return json.loads(self.body.decode("utf-8"))
        except ValueError:
            raise Problem(
                "what answers there is not Foresight: its answer (HTTP %d) is no JSON" % self.status, UNSET
            ) from None

    def error(self):
        """What Foresight says was wrong."""
        try:
            text = json.loads(self.body.decode("utf-8"))["error"]
        except (ValueError, KeyError, TypeError):
            text = ""
        return str(text) or "HTTP %d" % self.status


def loopback(host):
    """Whether a host is this machine, by its name or address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def certificates(text):
    """The certificates of pasted PEM text, which may have lost its line breaks."""
    found = re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", text, re.DOTALL)
    if text.strip() and not found:
        raise Problem("the CA certificate of the set-up is no PEM text: it begins with -----BEGIN CERTIFICATE-----", UNSET)
    try:
        return "".join(ssl.DER_cert_to_PEM_cert(base64.b64decode("".join(one.split()), validate=True)) for one in found)
    except ValueError:
        raise Problem("the CA certificate of the set-up is damaged; paste it again", UNSET) from None


class Wire:
    """Where Foresight is. timeout bounds each wait for the network, in seconds."""

    def __init__(self, url, ca="", timeout=30.0):
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme not in ("http", "https") or not parts.hostname or port == -1 or parts.query or parts.fragment or parts.username:
            raise Problem('the address of Foresight in the set-up, "%s", is none; write one such as https://foresight.example.com' % url, UNSET)
        if parts.scheme == "http" and not loopback(parts.hostname):
            raise Problem("the address of Foresight in the set-up is http: secrets and reports would be read by others; use https (http is for this machine only)", UNSET)
        self.url = url.rstrip("/")
        self.timeout = timeout
        self._host, self._port, self._base = parts.hostname, port, parts.path.rstrip("/")
        self._tls = None
        if parts.scheme == "https":
            self._tls = ssl.create_default_context(cadata=certificates(ca) or None)
            if not ca.strip():
                _trust_certifi(self._tls)

    def send(self, method, path, body=b"", headers=None):
        """Sends a request and returns the Reply, whatever its status. What comes of no answer is a Problem."""
        connection = self._connect()
        try:
            all_headers = {"User-Agent": USER_AGENT, "Connection": "close"}
            all_headers.update(headers or {})
            try:
                connection.request(method, self._base + path, body or None, all_headers)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it did not want to read it all, and may have said why
            answer = connection.getresponse()
            found = {}
            for name, value in answer.getheaders():
                found.setdefault(name.lower(), []).append(_text(value))
            return Reply(answer.status, found, answer.read())
        except ssl.SSLCertVerificationError as e:
            raise Problem("the certificate of %s is not trusted (%s); put the certificate of its CA into the app's set-up" % (self.url, e.verify_message), UNSET) from None
        except (socket.timeout, TimeoutError):
            raise Problem("Foresight at %s did not answer within %g seconds" % (self.url, self.timeout), UNREACHED, again=True) from None
        except (OSError, http.client.HTTPException) as e:
            raise Problem("Foresight cannot be reached at %s: %s" % (self.url, _why(e)), UNREACHED, again=True) from None
        finally:
            connection.close()

    def _connect(self):
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=self.timeout)
        return http.client.HTTPSConnection(self._host, self._port, timeout=self.timeout, context=self._tls)


def _trust_certifi(context):
    """Splunk's own Python may come without the system's certificates, but with those of certifi."""
    try:
        import certifi
    except ImportError:
        return
    context.load_verify_locations(cafile=certifi.where())


def _text(header):
    """A header's text, which the protocol reads as Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _why(error):
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def wanted(reply):
    """Returns the reply of a success; every other is a Problem."""
    if 200 <= reply.status < 300:
        return reply
    if reply.status in (408, 425, 429, 500, 502, 503):
        try:
            after = min(60.0, float(reply.header("Retry-After") or 0))
        except ValueError:
            after = 0.0
        raise Problem("Foresight is busy or in trouble: %s" % reply.error(), UNREACHED, again=True, after=after)
    if reply.status in (401, 403):
        raise Problem("Foresight does not let the app in: %s" % reply.error(), UNSET)
    if 300 <= reply.status < 400:
        raise Problem("the address of Foresight in the set-up leads elsewhere (HTTP %d); write the address that it has" % reply.status, UNSET)
    raise Problem("Foresight refuses it: %s" % reply.error(), REFUSED)


def persist(work, patience, sleep=time.sleep, clock=time.monotonic):
    """Does work until it succeeds, fails for good, or patience seconds are over; returns its result and how many tries it took."""
    began, wait, tries = clock(), 1.0, 0
    while True:
        tries += 1
        try:
            return work(), tries
        except Problem as p:
            pause = max(p.after, wait * random.uniform(0.5, 1.0))
            if not p.again or clock() - began + pause > patience:
                if tries > 1:
                    raise Problem("%s (tried %d times)" % (p, tries), p.code) from None
                raise
        sleep(pause)
        wait = min(2 * wait, 30.0)
