"""PaddlePaddle: programs old and new, their parameters, and what paddle.save pickles."""

import os
import shutil
import subprocess
import sys

DISTRIBUTIONS = ["paddlepaddle"]
# Whether a program becomes a ProgramDesc or JSON is settled when the library is loaded: each in a process of its own.
EXPORT = """
import sys
import paddle
net = paddle.nn.Sequential(paddle.nn.Linear(4, 3), paddle.nn.ReLU(), paddle.nn.Linear(3, 2), paddle.nn.Softmax())
net.eval()
paddle.jit.save(net, sys.argv[1], input_spec=[paddle.static.InputSpec([None, 4], "float32")])
"""


def exported(maker, folder, pir):
    os.makedirs(maker.place(folder), exist_ok=True)
    subprocess.run(
        [sys.executable, "-c", EXPORT, maker.place(f"{folder}/model")],
        check=True,
        capture_output=True,
        env=os.environ | {"FLAGS_enable_pir_api": pir},
    )


def make(maker):
    import paddle

    exported(maker, "program", "0")
    maker.row("ProgramDesc", "program", "paddle_operator")
    exported(maker, "pir", "1")
    maker.row("program of PIR", "pir", "paddle_pir_operator")
    shutil.copyfile(maker.place("program/model.pdiparams"), maker.place("alone.pdiparams"))
    maker.row("parameters", "alone.pdiparams", "paddle_trailing")
    net = paddle.nn.Sequential(paddle.nn.Linear(4, 3), paddle.nn.BatchNorm1D(3), paddle.nn.Linear(3, 2))
    optimizer = paddle.optimizer.Adam(parameters=net.parameters())
    net(paddle.ones([2, 4])).sum().backward()
    optimizer.step()
    paddle.save(net.state_dict(), maker.place("net.pdparams"))
    maker.row("state_dict, .pdparams", "net.pdparams", "pickle_late")
    paddle.save(optimizer.state_dict(), maker.place("net.pdopt"))
    maker.row("optimizer, .pdopt", "net.pdopt", "pickle_late")
