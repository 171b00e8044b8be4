"""A real Dovecot on loopback: one process per test session, a fresh user per test.

Works as root and as anybody else; mail lies in a temporary folder.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import trustme
from imapclient import IMAPClient
from support.loopback import free_port

BINARY = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
PASSWORD = "correct-horse"
STARTS_WITHIN = 10.0

RECEIVED = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
"""When messages come in, unless a test says otherwise; before the tests' present moment."""

CONFIG = """\
base_dir = {run}
state_dir = {run}/state
log_path = {folder}/dovecot.log
instance_name = {folder.name}
protocols = imap
listen = 127.0.0.1
default_login_user = {login_user}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
first_valid_uid = 0
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_fsync = never
mailbox_list_index = no
auth_mechanisms = plain login xoauth2
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
{capability}
"""

OAUTH2 = """\
introspection_mode = post
introspection_url = {introspection_url}
username_attribute = username
active_attribute = active
active_value = true
"""


@dataclass
class Dovecot:
    """A running server. `ca_file` signed its certificate, which is for `localhost`."""

    folder: Path
    imap_port: int
    imaps_port: int
    _numbers: Iterator[int]

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def user(self) -> "User":
        """Return a user with an empty mailbox: whoever knows the password is one."""
        return User(self, f"help{next(self._numbers)}")


@dataclass
class User:
    """A mailbox, and what another mail client would do there."""

    server: Dovecot
    name: str

    @contextmanager
    def client(self, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """Be another mail client in a folder."""
        with IMAPClient("localhost", self.server.imap_port, ssl=False) as client:
            client.login(self.name, PASSWORD)
            client.select_folder(folder)
            yield client

    def deliver(self, *messages: bytes, at: datetime | None = None, folder: str = "INBOX") -> None:
        """Let messages arrive; `at` is when the server received them."""
        with IMAPClient("localhost", self.server.imap_port, ssl=False) as client:
            client.login(self.name, PASSWORD)
            for message in messages:
                client.append(folder, message, msg_time=at or RECEIVED)

    def subjects(self, folder: str = "INBOX") -> list[str]:
        """Return the subjects of a folder's messages, in order; none if there is no folder."""
        with IMAPClient("localhost", self.server.imap_port, ssl=False) as client:
            client.login(self.name, PASSWORD)
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            answers = client.fetch(client.search("ALL"), ["ENVELOPE"])
            subjects = [answers[uid][b"ENVELOPE"].subject for uid in sorted(answers)]
            return [(subject or b"").decode() for subject in subjects]

    def flags(self, folder: str = "INBOX") -> list[set[bytes]]:
        """Return the flags of a folder's messages, in order, but for \\Recent."""
        with self.client(folder) as client:
            answers = client.get_flags(client.search("ALL"))
            return [set(answers[uid]) - {rb"\Recent"} for uid in sorted(answers)]

    def folders(self) -> list[str]:
        """Return the names of all folders."""
        with self.client() as client:
            return [name for _, _, name in client.list_folders()]

    def create(self, folder: str) -> None:
        """Create a folder."""
        with self.client() as client:
            client.create_folder(folder)

    def forbid_writing(self, folder: str) -> None:
        """Let the server write no message into a folder any more."""
        for each in ("tmp", "new", "cur"):
            path = self.server.folder / "mail" / self.name / "Maildir" / f".{folder}" / each
            path.chmod(0o500)

    def renumber(self) -> None:
        """Give INBOX another UIDVALIDITY and other UIDs, as a restore or a migration does."""
        with self.client() as client:
            before = client.select_folder("INBOX")[b"UIDVALIDITY"]
        folder = self.server.folder / "mail" / self.name / "Maildir"
        for path in folder.glob("dovecot*"):
            if path.is_file():
                path.unlink()
        uids = folder / "dovecot-uidlist"
        uids.write_text(f"3 V{before + 1} N101\n", encoding="utf-8")
        shutil.chown(uids, folder.owner(), folder.group())


def mail(subject: str = "Printer jam", number: int = 1, text: str = "It hums.") -> bytes:
    """Return a message of a known contact."""
    return (
        "From: Marta Ruiz <marta.ruiz@harbordental.example>\r\n"
        "To: helpdesk@securenetmsp.com\r\n"
        f"Subject: {subject}\r\n"
        "Date: Mon, 16 Nov 2026 10:05:00 -0500\r\n"
        f"Message-ID: <number-{number}-of-the-tests@harbordental.example>\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        f"\r\n{text}\r\n"
    ).encode()


@contextmanager
def running_dovecot(
    *,
    capability: str = "",
    introspection_url: str = "http://127.0.0.1:9/",
    password: str = PASSWORD,
) -> Iterator[Dovecot]:
    """Run a server. `capability` replaces what it says it can do.

    Skips the test where Dovecot is not installed, unless services are required.
    """
    if BINARY is None:
        if os.environ.get("CONNECTOR_REQUIRE_SERVICES") == "1":
            pytest.fail("dovecot is not installed (Debian: dovecot-imapd)")
        pytest.skip("dovecot is not installed")
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # short: a socket's path has 108 characters
    try:
        server = Dovecot(folder, free_port(), free_port(), count(1))
        _write_files(server, capability, introspection_url, password)
        process = subprocess.Popen(
            [BINARY, "-F", "-c", str(folder / "dovecot.conf")], stderr=subprocess.DEVNULL
        )
        try:
            _await_start(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=STARTS_WITHIN)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_files(server: Dovecot, capability: str, introspection_url: str, password: str) -> None:
    folder = server.folder
    folder.chmod(0o755)
    (folder / "run" / "state").mkdir(parents=True)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(server.ca_file))
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_pem.write_to_path(str(folder / "server.key"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "server.pem"))
    (folder / "oauth2.conf").write_text(OAUTH2.format(introspection_url=introspection_url))
    me, mail_user, login_user = _users()
    for path in (folder / "mail", folder / "run"):
        path.mkdir(exist_ok=True)
    os.chown(folder / "mail", mail_user.pw_uid, mail_user.pw_gid)
    text = CONFIG.format(
        folder=folder,
        password=password,
        run=folder / "run",
        imap_port=server.imap_port,
        imaps_port=server.imaps_port,
        login_user=login_user,
        internal_user=me if me != "root" else "dovecot",
        internal_group=_group(me if me != "root" else "dovecot"),
        uid=mail_user.pw_uid,
        gid=mail_user.pw_gid,
        capability=f"imap_capability = {capability}" if capability else "",
    )
    (folder / "dovecot.conf").write_text(text, encoding="utf-8")


def _users() -> tuple[str, pwd.struct_passwd, str]:
    """Return who we are, whose the mail is, and who handles strangers before they sign in."""
    me = pwd.getpwuid(os.geteuid())
    if me.pw_uid != 0:
        return me.pw_name, me, me.pw_name
    return "root", pwd.getpwnam("nobody"), "dovenull"


def _group(user: str) -> str:
    import grp

    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def _await_start(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < give_up:
        try:
            with socket.create_connection(("127.0.0.1", server.imap_port), timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    log = server.folder / "dovecot.log"
    pytest.fail(f"dovecot did not start: {log.read_text() if log.exists() else 'no log'}")
