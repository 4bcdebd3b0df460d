#!/usr/bin/env python3
"""make_tensorflow_operators.py WHEEL: prints rules/operators/tensorflow.txt: the operators that TensorFlow brings.

WHEEL is a tensorflow or tensorflow-cpu wheel. Its Python wrappers (gen_*_ops.py) name every public operator; those that
the runtime puts into graphs by itself have no wrapper and are listed here. Nothing of the wheel is run.
"""
import re
import sys
import zipfile

INTERNAL = """_Arg _ArrayToList _DeviceArg _DeviceRetval _FusedBatchNormEx _FusedConv2D _FusedDepthwiseConv2dNative _FusedMatMul _HostRecv
_HostSend _If _ListToArray _ParallelConcatStart _ParallelConcatUpdate _ReadVariablesOp _Recv _Retval _Send _UnaryOpsComposition
_VarHandlesOp _While""".split()
HEAD = """# tensorflow: operators that TensorFlow {version} brings itself.
#
# One a line. Made from the wheel by tests/recipes/make_tensorflow_operators.py. What is not here is a custom operator: native code of
# whoever loads the model. Some of these are dangerous all the same: dangerous.txt.
"""


def operators(wheel):
    names = set(INTERNAL)
    for path in wheel.namelist():
        if re.search(r"/gen_\w+_ops\.py$", path) and not path.endswith("/gen_user_ops.py"):
            names.update(re.findall(r'apply_op_helper\(\s*"([A-Za-z_]\w*)"', wheel.read(path).decode()))
    return sorted(names)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        version = re.search(r"-([0-9.]+)-", sys.argv[1]).group(1)
        print(HEAD.format(version=version))
        print("\n".join(operators(wheel)))


if __name__ == "__main__":
    main()
