"""The server that `make lab` starts: on this machine alone, and behind a token."""

import re
from pathlib import Path

from jupyter_server.auth.identity import PasswordIdentityProvider
from jupyter_server.serverapp import ServerApp
from traitlets.config import PyFileConfigLoader

ROOT = Path(__file__).resolve().parents[1]


def test_server_listens_on_loopback_and_asks_for_a_token(monkeypatch):
    monkeypatch.delenv("JUPYTER_TOKEN", raising=False)
    settings = PyFileConfigLoader("jupyter_lab_config.py", path=str(ROOT / "tools" / "jupyter")).load_config()
    server = ServerApp(config=settings)
    assert server.ip in ("localhost", "127.0.0.1") and not server.allow_remote_access
    assert not server.disable_check_xsrf
    identity = PasswordIdentityProvider(config=settings)
    assert len(identity.token) >= 40 and identity.auth_enabled


def test_make_lab_changes_neither():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    [command] = re.findall(r"^lab:.*\n\t(.*)$", makefile, flags=re.MULTILINE)
    assert "--config=tools/jupyter/jupyter_lab_config.py" in command
    assert not re.search(r"--ip|token|password|0\.0\.0\.0|xsrf", command + (ROOT / "tools" / "setup.sh").read_text())
