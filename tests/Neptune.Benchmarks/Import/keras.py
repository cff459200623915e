"""Writes dense layers as Keras does: argv is the kind (h5 or keras), the file to write, a file of float32 numbers, the width and
the number of layers. Each layer's kernel comes first, then its bias."""

import io
import json
import sys
import zipfile

import h5py
import numpy

kind, path, numbers, width, count = *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])
numbers = numpy.fromfile(numbers, numpy.float32)
size = width * width + width
layers = [
    (numbers[i * size : i * size + width * width].reshape(width, width), numbers[i * size + width * width : (i + 1) * size])
    for i in range(count)
]


def dense(i):
    return {"name": f"dense_{i}", "units": width, "activation": "linear", "use_bias": True}


if kind == "h5":
    first = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, width], "name": "x"}}
    chain = [first] + [{"class_name": "Dense", "config": dense(i)} for i in range(count)]
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = "2.11.0", "tensorflow"
        file.attrs["model_config"] = json.dumps(
            {"class_name": "Sequential", "config": {"name": "big", "layers": chain}}
        )
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = numpy.array([f"dense_{i}".encode() for i in range(count)])
        for i, (kernel, bias) in enumerate(layers):
            group = weights.create_group(f"dense_{i}")
            names = [f"dense_{i}/kernel:0", f"dense_{i}/bias:0"]
            group.attrs["weight_names"] = numpy.array([name.encode() for name in names])
            for name, values in zip(names, (kernel, bias)):
                group.create_dataset(name, data=values)
else:
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, width], "name": "x"}}
    chain = [first] + [{"class_name": "Dense", "config": dense(i)} for i in range(count)]
    for layer in chain:
        layer["module"], layer["registered_name"] = "keras.layers", None
    whole = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "big", "layers": chain},
        "registered_name": None,
    }
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for i, (kernel, bias) in enumerate(layers):
            group = file.create_group("layers/dense" + (f"_{i}" if i else "")).create_group("vars")
            group.create_dataset("0", data=kernel)
            group.create_dataset("1", data=bias)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.5.0"}))
        archive.writestr("config.json", json.dumps(whole))
        archive.writestr("model.weights.h5", buffer.getvalue())
