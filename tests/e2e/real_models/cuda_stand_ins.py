#!/usr/bin/env python3
"""cuda_stand_ins.py TORCH FOLDER: empty shared libraries in place of CUDA's.

The one Linux wheel of PyTorch links to 3 GB of CUDA libraries of which nothing here calls anything. For each of them FOLDER gets a
library of that name whose functions return 0, made by the compiler from the names that the libraries of TORCH ask for.
"""

import collections
import os
import re
import subprocess
import sys

OURS = re.compile(r"lib(cu|nv|nccl)")


def lines_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def needed(library):
    """The CUDA libraries that it links to, and (library, version, function) for what it takes from a version of one."""
    names = [name for line in lines_of("readelf", "-dW", library) for name in re.findall(r"NEEDED.*\[(.+)\]", line)]
    file, source = None, {}
    for line in lines_of("readelf", "-VW", library):
        if found := re.search(r"File: (\S+)", line):
            file = found[1]
        elif file and (found := re.search(r"Name: (\S+)", line)):
            source[found[1]] = file
    functions = set()
    for line in lines_of("readelf", "--dyn-syms", "-W", library):
        if found := re.search(r"(?:FUNC|NOTYPE|OBJECT)\s+(?:GLOBAL|WEAK)\s+\S+\s+UND (\w+)(?:@(\S+))?", line):
            functions.add((found[1], found[2]))
    wanted = {(source.get(version), version, name) for name, version in functions if version}
    return names, wanted, {name for name, version in functions if not version}


def main(torch, folder):
    os.makedirs(folder, exist_ok=True)
    own = set(os.listdir(f"{torch}/lib"))
    versions, loose, names = collections.defaultdict(lambda: collections.defaultdict(set)), set(), set()
    for file in own:
        if ".so" not in file:
            continue
        links, wanted, unversioned = needed(f"{torch}/lib/{file}")
        names |= {name for name in links if OURS.match(name) and name not in own}
        loose |= {name for name in unversioned if re.match(r"(cu|nv|nccl|__cuda|cudnn)", name)}
        for library, version, function in wanted:
            if library and OURS.match(library) and library not in own:
                names.add(library)
                versions[library][version].add(function)
    for number, name in enumerate(sorted(names)):
        functions = set().union(*versions[name].values()) if versions[name] else set()
        if number == 0:
            functions |= loose
        write(folder, name, functions, versions[name])


def write(folder, name, functions, versions):
    with open(f"{folder}/{name}.s", "w", encoding="ascii") as out:
        out.write(
            ".text\n"
            + "".join(f".globl {function}\n.type {function},@function\n{function}:\n" for function in sorted(functions))
        )
        out.write('xor %eax,%eax\nret\n.section .note.GNU-stack,"",@progbits\n')
    script = "".join(
        f"{version} {{ global: {' '.join(f'{f};' for f in sorted(names))} }};\n" for version, names in sorted(versions.items())
    )
    with open(f"{folder}/{name}.map", "w", encoding="ascii") as out:
        out.write(script)
    command = ["gcc", "-shared", "-nostdlib", "-o", f"{folder}/{name}", f"{folder}/{name}.s", f"-Wl,-soname,{name}"]
    subprocess.run(command + ([f"-Wl,--version-script,{folder}/{name}.map"] if script else []), check=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
