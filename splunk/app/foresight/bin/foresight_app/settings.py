"""What the set-up page keeps in Splunk: where Foresight is in foresight.conf, the secrets in the password store."""

import http.client
import json
import os
import socket
import ssl
from urllib.parse import urlsplit

from .problems import UNSET, Problem
from .wire import Wire, loopback

APP = "foresight"
REALM = "foresight"
TOKEN = "token"  # the user name under which the token of web.tokens is kept
WAIT = 30.0

# foresight.conf [connection], and what holds where it says nothing.
DEFAULTS = {"url": "", "ca": "", "integration": "", "tz": "", "timeout": "150", "report_timeout": "15", "retry_for": "180"}


class Settings:
    """The connection, and the secrets that this user may read."""

    def __init__(self, stanza, secrets):
        self._stanza = dict(DEFAULTS)
        self._stanza.update((key, value) for key, value in stanza.items() if key in DEFAULTS and value not in (None, ""))
        self._secrets = secrets

    def __getattr__(self, name):
        try:
            return self.__dict__["_stanza"][name]
        except KeyError:
            raise AttributeError(name) from None

    def seconds(self, name):
        """A setting that is a number of seconds."""
        try:
            value = float(self._stanza[name])
        except ValueError:
            value = -1.0
        if not 0 <= value <= 86400:
            raise Problem('%s of foresight.conf is "%s"; write a number of seconds' % (name, self._stanza[name]), UNSET)
        return value

    def wire(self, timeout="timeout"):
        if not self.url:
            raise Problem("the app is not set up: open its set-up page and say where Foresight is", UNSET)
        return Wire(self.url, self.ca, self.seconds(timeout))

    def secret(self, name):
        """The secret of an integration, CUSTOMER/ID, or the token."""
        if name not in self._secrets:
            what = "token" if name == TOKEN else "secret of the integration %s" % name
            raise Problem("the password store has no %s for the app, or not for this user: an administrator fills it in on the app's set-up page" % what, UNSET)
        return self._secrets[name]


def read(server_uri, session_key):
    """Reads the settings as the user whose session it is."""
    stanza, found = _get(server_uri, session_key, "/servicesNS/nobody/%s/configs/conf-foresight/connection" % APP)
    if not found:
        stanza = []
    entries, found = _get(server_uri, session_key, "/servicesNS/nobody/%s/storage/passwords" % APP)
    if not found:
        raise Problem("the password store cannot be read as this user: its role needs the capability list_storage_passwords", UNSET)
    secrets = {e.get("username"): e.get("clear_password") for e in entries if e.get("realm") == REALM and e.get("clear_password")}
    return Settings(stanza[0] if stanza else {}, secrets)


def zone_of(server_uri, session_key):
    """The time zone of the user's preferences, "" for none."""
    contexts, _ = _get(server_uri, session_key, "/services/authentication/current-context")
    return str((contexts or [{}])[0].get("tz") or "")


def _get(server_uri, session_key, path):
    """The contents of a feed of splunkd; found is False where it says that it is not there, or not for this user."""
    parts = urlsplit(server_uri)
    if parts.scheme != "https" or not parts.hostname:
        raise Problem('Splunk gave no address of its own: "%s"' % server_uri, UNSET)
    connection = http.client.HTTPSConnection(parts.hostname, parts.port or 8089, timeout=WAIT, context=_splunkd(parts.hostname))
    try:
        connection.request("GET", path + "?output_mode=json&count=0", headers={"Authorization": "Splunk " + session_key})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as e:
        raise Problem("splunkd does not answer: %s" % e, UNSET, again=True) from None
    finally:
        connection.close()
    if answer.status in (403, 404):
        return [], False
    if answer.status != 200:
        raise Problem("splunkd refuses the app its own settings (HTTP %d)" % answer.status, UNSET, again=answer.status >= 500)
    return [e.get("content", {}) for e in json.loads(body.decode("utf-8")).get("entry", [])], True


def _splunkd(host):
    """How splunkd is spoken to. On this machine nobody stands between; its certificate is of its own making, and names no host."""
    context = ssl.create_default_context()
    if loopback(host) or _here(host):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    own = os.path.join(os.environ.get("SPLUNK_HOME", ""), "etc", "auth", "cacert.pem")
    if os.path.isfile(own):
        context.load_verify_locations(cafile=own)
    return context


def _here(host):
    """Whether every address of a host is one of this machine: nothing can listen at another's."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        for family, kind, _, _, address in found:
            with socket.socket(family, kind) as probe:
                probe.bind((address[0], 0) + address[2:])
    except OSError:
        return False
    return bool(found)
