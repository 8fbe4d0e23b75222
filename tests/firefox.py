"""Firefox, driven over WebDriver BiDi: what Playwright does with a Chromium, for the few steps that the tests take.

Any installed Firefox will do; Playwright needs one of its own. https://w3c.github.io/webdriver-bidi/
"""

import contextlib
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket
from browser import program

NAMES = ["firefox-esr", "firefox"]
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PATIENCE = 60  # seconds until something that should appear counts as missing
WATCHED = ["log.entryAdded", "network.beforeRequestSent", "network.responseCompleted"]


class Window:
    """The one tab of a Firefox; ``errors`` and ``asked`` gather what its pages report and load."""

    def __init__(self, address: str) -> None:
        """Connect to a Firefox that listens."""
        self.socket = websocket.create_connection(f"{address}/session", suppress_origin=True, timeout=PATIENCE)
        self.number = 0
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=WATCHED)
        self.tab = self.ask("browsingContext.create", type="tab")["context"]

    def ask(self, method: str, **given: Any) -> dict:
        """Send a command and return its result; what happens in between is noted."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": given}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("type") == "event":
                self._note(answer["method"], answer["params"])
            elif answer.get("id") == self.number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
                return answer["result"]

    def _note(self, event: str, told: dict) -> None:
        if event == "log.entryAdded" and told["level"] == "error":
            self.errors.append(str(told["text"]))
        elif event == "network.beforeRequestSent":
            self.asked.append(told["request"]["url"])
        elif event == "network.responseCompleted" and told["response"]["status"] >= 400:
            self.errors.append(f"{told['response']['status']} {told['request']['url']}")

    def open(self, address: str, width: int = 1280) -> None:
        """Load a page to its end in a window of this width; what was noted before is forgotten."""
        self.ask("browsingContext.setViewport", context=self.tab, viewport={"width": width, "height": 900})
        self.errors, self.asked = [], []
        self.ask("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    def value(self, expression: str) -> Any:
        """Return what a JavaScript expression gives, as JSON carries it; promises are waited for."""
        whole = f"Promise.resolve({expression}).then(JSON.stringify)"
        told = self.ask("script.evaluate", expression=whole, target={"context": self.tab}, awaitPromise=True)
        if told["type"] == "exception":
            raise RuntimeError(told["exceptionDetails"]["text"])
        return json.loads(told["result"].get("value", "null"))

    def wait_for(self, expression: str) -> None:
        """Return when a JavaScript expression is true; fail with it after ``PATIENCE`` seconds."""
        until = time.monotonic() + PATIENCE
        while not self.value(f"Boolean({expression})"):
            if time.monotonic() > until:
                pytest.fail(f"still not true in Firefox after {PATIENCE} s: {expression}")
            time.sleep(0.1)

    def click(self, element: str) -> None:
        """Move the pointer to the element that a JavaScript expression gives, and press."""
        self.wait_for(element)
        shown = "one.scrollIntoView({block: 'center', behavior: 'instant'})"
        script = f"(one => {{ {shown}; return one; }})({element})"
        told = self.ask("script.evaluate", expression=script, target={"context": self.tab}, awaitPromise=False)
        origin = {"type": "element", "element": {"sharedId": told["result"]["sharedId"]}}
        steps: list[dict] = [{"type": "pointerMove", "x": 0, "y": 0, "origin": origin}]
        steps += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.ask("input.performActions", context=self.tab, actions=[{"type": "pointer", "id": "p", "actions": steps}])


@contextlib.contextmanager
def started(profile: Path) -> Iterator[Window]:
    """Start a Firefox without a screen on a profile of its own, and end it."""
    (profile / "user.js").write_text('user_pref("network.captive-portal-service.enabled", false);\n')
    command = [
        program("FIREFOX", NAMES, package="firefox-esr"),
        "--headless",
        "--no-remote",
        "--profile",
        str(profile),
        "--remote-debugging-port",
        "0",
    ]
    own = os.environ | {"MOZ_CRASHREPORTER_DISABLE": "1", "HOME": str(profile)}
    log = profile / "firefox.log"
    with log.open("wb") as written:
        running = subprocess.Popen(command, env=own, stdout=subprocess.DEVNULL, stderr=written)
    try:
        until = time.monotonic() + PATIENCE
        while not (found := LISTENING.search(log.read_text(errors="replace"))):
            if running.poll() is not None or time.monotonic() > until:
                pytest.fail(f"Firefox did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        yield Window(found[1])
    finally:
        running.terminate()
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
