"""Who sits in front of a client: a home folder with settings of its own, and a browser that clients find as they find any."""

import dataclasses
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Person:
    """`installed` is what clients run with; `is_now` says who presses the buttons; `opened` counts the browser's starts."""

    def __init__(self, installed, home):
        self.home = Path(tempfile.mkdtemp(prefix="person-", dir=home))
        self.name, self.log = self.home / "name", self.home / "opened"
        self.log.touch()
        programs = self.home / "bin"
        programs.mkdir()
        opener = programs / "xdg-open"
        # In the background, as a browser is: whoever opened it goes on, and begins to listen.
        opener.write_text(
            f'#!/bin/sh\nexec {sys.executable} -B {HERE / "browser.py"} "$1" >>{self.home / "browser.log"} 2>&1 </dev/null &\n'
        )
        opener.chmod(0o755)
        env = {
            **installed.env,
            "PATH": f"{programs}{os.pathsep}{installed.env['PATH']}",
            "HOME": str(self.home),
            "BROWSER": str(opener),
            "NPM_FOLDER": str(installed.npm),
            "SIGNIN_PERSON": str(self.name),
            "SIGNIN_OPENED": str(self.log),
        }
        self.installed = dataclasses.replace(installed, env=env)

    def is_now(self, name):
        self.name.write_text(name)

    @property
    def opened(self):
        return len(self.log.read_text().splitlines())

    @property
    def browser_said(self):
        path = self.home / "browser.log"
        return path.read_text()[-600:] if path.exists() else ""
