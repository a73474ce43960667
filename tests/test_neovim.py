"""Neovim with the configuration of the page about editors, without a screen. Skipped without Neovim."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_server import JSON, PROGRAM

pytest.importorskip("pygls")
NVIM = shutil.which("nvim")
pytestmark = pytest.mark.skipif(NVIM is None, reason="needs Neovim")
ROOT = Path(__file__).parent.parent

# Prints the findings of two files, applies the preferred changes of the first, and prints what is left.
SCRIPT = """
local function position(line) return { line = line, character = 0 } end
local function act()
  local range = { start = position(0), ["end"] = position(99) }
  local document = vim.lsp.util.make_text_document_params()
  local params = { textDocument = document, range = range, context = { diagnostics = {} } }
  local answers = vim.lsp.buf_request_sync(0, "textDocument/codeAction", params, 20000)
  for id, answer in pairs(answers or {}) do
    for _, action in ipairs(answer.result or {}) do
      if action.isPreferred then
        vim.lsp.util.apply_workspace_edit(action.edit, vim.lsp.get_client_by_id(id).offset_encoding)
      end
    end
  end
end
vim.cmd("filetype on")
for _, file in ipairs({ "m.json", "m.py" }) do
  vim.cmd("edit " .. file)
  vim.wait(30000, function() return #vim.diagnostic.get(0) > 0 end, 20)
  for _, found in ipairs(vim.diagnostic.get(0)) do
    io.stdout:write(file .. ":" .. (found.lnum + 1) .. ":" .. (found.col + 1) .. "\\n")
  end
end
vim.cmd("edit m.json")
act()
vim.wait(30000, function() return #vim.diagnostic.get(0) == 0 end, 20)
io.stdout:write("left: " .. #vim.diagnostic.get(0) .. "\\n")
vim.cmd("qa!")
"""


def test_neovim_shows_findings_and_mends_one(tmp_path: Path) -> None:
    newer, older = re.findall(r"```lua\n(.*?)```", (ROOT / "docs/editors.md").read_text("utf-8"), re.DOTALL)
    version = subprocess.run(["nvim", "--version"], capture_output=True, text=True, check=True).stdout
    match = re.match(r"NVIM v(\d+)\.(\d+)", version)
    assert match is not None
    (tmp_path / "init.lua").write_text(newer if tuple(map(int, match.groups())) >= (0, 11) else older)
    (tmp_path / "m.json").write_text(JSON)
    (tmp_path / "m.py").write_text(PROGRAM)
    (tmp_path / "check.lua").write_text(SCRIPT)
    program = tmp_path / "bin" / "lstmlint"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lstmlint "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "XDG_STATE_HOME": str(tmp_path),
    }
    done = subprocess.run(
        ["nvim", "--headless", "-u", "init.lua", "-i", "NONE", "-c", "luafile check.lua"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split("\n") == ["m.json:4:29", "m.py:2:61", "m.py:7:29", "left: 0", ""], done
