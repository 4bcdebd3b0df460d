"""rows.py: what a maker says of the file that it made."""

import dataclasses
import importlib.metadata
import os
from typing import Optional


@dataclasses.dataclass
class Row:
    framework: str
    name: str
    path: str  # a file, or a folder
    plant: str  # how the inert gadget gets into it: a function of plant.py, plant_documents.py or plant_programs.py
    profile: Optional[str] = None  # `--profile` that it needs; without it, it is refused
    policy: Optional[str] = None  # a policy of policies/ instead of baseline, where baseline refuses it on purpose
    pending: bool = False  # there may be no parser for it in this build: refused as unread, then
    refused_by: Optional[str] = None  # the finding that baseline has then
    options: dict = dataclasses.field(default_factory=dict)  # for the function of plant.py


class Maker:
    """The rows of one framework: `place(name)` is where a file goes, `row(...)` says what was made there."""

    def __init__(self, folder, framework):
        self.folder, self.framework, self.rows = os.path.join(folder, framework), framework, []
        os.makedirs(self.folder, exist_ok=True)

    def place(self, name):
        return os.path.join(self.folder, name)

    def row(self, name, file, plant, **rest):
        self.rows.append(Row(self.framework, name, self.place(file), plant, **rest))


def version(*distributions):
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in distributions)
