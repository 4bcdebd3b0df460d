"""Keras: the .keras archive, legacy .h5, weights alone."""

import os

os.environ["KERAS_BACKEND"] = os.environ.get("KERAS_BACKEND", "torch")
import keras  # noqa: E402

DISTRIBUTIONS = ["keras", "torch"]


def dense():
    return keras.Sequential(
        [keras.layers.Input((4,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dropout(0.1), keras.layers.Dense(2)]
    )


def images():
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, kernel_regularizer="l2")(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.MaxPooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(x)))


def words():
    inputs = keras.Input((5,), dtype="int32")
    x = keras.layers.Embedding(10, 4)(inputs)
    x = keras.layers.Bidirectional(keras.layers.LSTM(3))(x)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))


def attention():
    inputs = keras.Input((5, 8))
    x = keras.layers.MultiHeadAttention(2, 4)(inputs, inputs)
    x = keras.layers.LayerNormalization()(keras.layers.Add()([x, inputs]))
    return keras.Model(inputs, keras.layers.GlobalAveragePooling1D()(x))


def make(maker):
    for build in (dense, images, words, attention):
        name, model = build.__name__, build()
        model.save(maker.place(f"{name}.keras"))
        maker.row(f"{name}, .keras", f"{name}.keras", "keras_lambda")
        model.save(maker.place(f"{name}.h5"))
        maker.row(f"{name}, .h5", f"{name}.h5", "h5_lambda")
    model = dense()
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    model.save(maker.place("compiled.keras"))
    maker.row("compiled, .keras", "compiled.keras", "keras_lambda")
    model.save_weights(maker.place("dense.weights.h5"))
    maker.row("weights alone", "dense.weights.h5", "h5_external")
