"""TorchServe's model archives by torch-model-archiver, around weights that are no code."""

import json
import os
import subprocess
import sys

DISTRIBUTIONS = ["torch-model-archiver"]


def archived(maker, form):
    folder = maker.place(form)
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/weights.json", "w", encoding="utf-8") as out:
        json.dump({"weights": [0.5, 1.5]}, out)
    command = "from model_archiver.model_packaging import generate_model_archive; generate_model_archive()"
    arguments = ["--model-name", "model", "--version", "1.0", "--serialized-file", f"{folder}/weights.json"]
    arguments += ["--handler", "base_handler", "--export-path", folder, "--archive-format", form, "--force"]
    subprocess.run([sys.executable, "-c", command, *arguments], check=True, capture_output=True)
    os.remove(f"{folder}/weights.json")


def make(maker):
    for form in ("default", "zip-store"):
        archived(maker, form)
        maker.row(f"archive, {form}", f"{form}/model.mar", "mar_handler" if form == "default" else "mar_code")
