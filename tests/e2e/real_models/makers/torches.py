"""PyTorch: checkpoints of every type, old and new form, optimisers, whole modules, TorchScript."""

import collections
import warnings

import torch
from torch import nn
from torch.nn.utils import prune

DISTRIBUTIONS = ["torch"]
warnings.filterwarnings("ignore")
TYPES = [
    "float32",
    "float64",
    "float16",
    "bfloat16",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "bool",
    "complex64",
    "complex128",
    "float8_e4m3fn",
    "float8_e5m2",
    "uint16",
    "uint32",
    "uint64",
]


def net():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(16, 8), nn.Dropout(0.1), nn.LayerNorm(8)
    )


def trained(optimiser):
    model = nn.Linear(4, 2)
    optimiser = optimiser(model.parameters())
    model(torch.ones(3, 4)).sum().backward()
    optimiser.step()
    return {"epoch": 3, "model": model.state_dict(), "optimizer": optimiser.state_dict(), "loss": 0.5}


def scheduled():
    optimiser = torch.optim.SGD(nn.Linear(2, 2).parameters(), lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimiser, 2)
    optimiser.step()
    scheduler.step()
    return {"scheduler": scheduler.state_dict(), "optimizer": optimiser.state_dict()}


def checkpoints():
    tied = torch.arange(6.0)
    yield "state of a network", net().state_dict()
    for name in TYPES:
        yield name, {"weight": torch.zeros(4).to(getattr(torch, name))}
    yield "tied tensors", {"embed": tied, "head": tied, "part": tied[2:4], "transposed": tied.view(2, 3).t()}
    yield "parameters", nn.ParameterDict({"a": nn.Parameter(torch.ones(2))}).state_dict() | {
        "bare": nn.Parameter(torch.ones(2))
    }
    yield "quantised", {
        "tensor": torch.quantize_per_tensor(torch.ones(4), 0.1, 0, torch.qint8),
        "channel": torch.quantize_per_channel(
            torch.ones(2, 2), torch.tensor([0.1, 0.2]), torch.tensor([0, 0]), 0, torch.quint8
        ),
    }
    yield "sparse", {"coo": torch.eye(3).to_sparse(), "csr": torch.eye(3).to_sparse_csr()}
    yield "AdamW", trained(torch.optim.AdamW)
    yield "SGD and a scheduler", scheduled()
    yield "one tensor", torch.ones(3)
    yield "mixed", {
        "shape": torch.Size([1, 2]),
        "dtype": torch.float16,
        "device": torch.device("cpu"),
        "layout": torch.strided,
        "names": collections.OrderedDict(a=1),
        "random": torch.get_rng_state(),
    }
    yield "empty and views", {
        "none": torch.empty(0),
        "scalar": torch.tensor(1.0),
        "expanded": torch.ones(1).expand(4),
        "negative": torch.ones(2, dtype=torch.cfloat).conj(),
    }
    yield "on the meta device", {"weight": torch.empty(3, device="meta")}
    yield "storage", {"old": torch.FloatStorage(4), "bytes": torch.UntypedStorage(4)}


def modules():
    yield "sequential", net()
    yield "convolutions", nn.Sequential(
        nn.Conv1d(1, 1, 1), nn.ConvTranspose2d(1, 1, 1), nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Upsample(scale_factor=2)
    )
    yield "recurrent", nn.ModuleDict(
        {"lstm": nn.LSTM(2, 2), "gru": nn.GRU(2, 2), "embedding": nn.Embedding(4, 2), "list": nn.ModuleList([nn.Linear(1, 1)])}
    )
    yield "transformer", nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 1)
    yield "activations", nn.Sequential(
        nn.GELU(),
        nn.SiLU(),
        nn.Tanh(),
        nn.Sigmoid(),
        nn.Softmax(-1),
        nn.LeakyReLU(),
        nn.ELU(),
        nn.PReLU(),
        nn.Identity(),
        nn.GroupNorm(1, 2),
    )


    hooked = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 2))
    nn.utils.weight_norm(hooked[0])
    nn.utils.spectral_norm(hooked[1])
    prune.l1_unstructured(hooked[2], "weight", 0.5)
    yield "hooks", hooked
    yield "losses", nn.ModuleList([nn.CTCLoss(), nn.TripletMarginLoss(), nn.PoissonNLLLoss(), nn.CircularPad2d(1), nn.MaxUnpool2d(2)])
    yield "transformer with gelu", nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, activation="gelu"), 1)
    yield "data parallel", nn.DataParallel(nn.Linear(2, 2))


def optimizers():
    """As objects, not their state_dict."""
    for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop, torch.optim.Adagrad, torch.optim.LBFGS):
        module = net()
        optimizer = kind(module.parameters(), lr=0.1)

        def loss():
            optimizer.zero_grad()
            value = sum(parameter.sum() for parameter in module.parameters())
            value.backward()
            return value

        optimizer.step(loss)
        optimizer.zero_grad()
        yield kind.__name__, optimizer


def make(maker):
    for name, optimizer in optimizers():
        torch.save(optimizer, maker.place(f"optimizer-{name}.pt"))
        maker.row(f"optimizer: {name}", f"optimizer-{name}.pt", "torch_zip", profile="torch-modules")
    for number, (name, value) in enumerate(checkpoints()):
        file = name.replace(" ", "-")
        torch.save(value, maker.place(f"{file}.pt"))
        maker.row(f"zip: {name}", f"{file}.pt", "torch_zip")
        if number % 3 == 0 or name in ("tied tensors", "quantised", "AdamW"):
            torch.save(value, maker.place(f"{file}.bin"), _use_new_zipfile_serialization=False)
            maker.row(f"legacy: {name}", f"{file}.bin", "torch_legacy")
    for name, module in modules():
        torch.save(module, maker.place(f"module-{name}.pt"))
        maker.row(f"whole module: {name}", f"module-{name}.pt", "torch_zip", profile="torch-modules")
        torch.save(module, maker.place(f"module-{name}.bin"), _use_new_zipfile_serialization=False)
        maker.row(f"whole module, legacy: {name}", f"module-{name}.bin", "torch_legacy", profile="torch-modules")
    torch.save(net().state_dict(), maker.place("protocol5.pt"), pickle_protocol=5)
    maker.row("zip, pickle protocol 5", "protocol5.pt", "torch_zip")
    script(maker)


def script(maker):
    torch.jit.script(nn.Sequential(nn.Linear(2, 2), nn.ReLU())).save(maker.place("scripted.pt"))
    maker.row(
        "TorchScript, scripted", "scripted.pt", "torch_zip", policy="torchscript.yaml", refused_by="serialization.code-file"
    )
    torch.jit.trace(nn.Linear(2, 2), torch.ones(1, 2)).save(maker.place("traced.pt"))
    maker.row("TorchScript, traced", "traced.pt", "torch_zip", policy="torchscript.yaml", refused_by="serialization.code-file")
