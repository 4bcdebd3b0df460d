#!/usr/bin/env python3
"""make_paddle_operators.py: prints rules/operators/paddle.txt: the operators that PaddlePaddle brings (pip install paddlepaddle).

Those of a ProgramDesc are asked of the library; those of PIR are its functions and names in it ("pd_op.matmul"): each alone lacks some.
"""
import pathlib
import re

import paddle
from paddle.base import core

HEAD = f"""# paddle: operators that PaddlePaddle {paddle.__version__} brings itself.
#
# One a line: those of a ProgramDesc (.pdmodel) by their name alone, those of its intermediate representation (model.json) with their
# dialect. Made by tests/recipes/make_paddle_operators.py. What is not here is a custom operator: native code of whoever loads the
# model. Some of these are dangerous all the same: dangerous.txt.
"""


def of_programs():
    return set(core.get_all_op_names())


def of_pir():
    library = pathlib.Path(core.libpaddle.__file__).read_bytes()
    names = {name.decode() for name in re.findall(rb"(?<![\w.])((?:builtin|cf|pd_op)\.[a-z0-9_]+)\0", library)}
    functions = {f"pd_op.{name}" for name in dir(paddle._C_ops) if not name.startswith("_")}
    control = {"cf.tuple_push", "cf.tuple_pop", "cf.yield", "cf.has_elements", "cf.stack_create"}  # pushed together with other strings
    return names | functions | control | {f"builtin.{name}" for name in ("combine", "constant", "parameter", "set_parameter", "slice", "split")}


if __name__ == "__main__":
    print(HEAD)
    print("\n".join(sorted(of_programs() | of_pir())))
