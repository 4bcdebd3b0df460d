"""XGBoost, LightGBM and CatBoost: their own formats and pickles."""

import pickle

import numpy as np

DISTRIBUTIONS = ["xgboost-cpu", "lightgbm", "catboost"]
X = np.random.default_rng(0).normal(size=(60, 4))
Y = np.arange(60) % 2


def make(maker):
    xgboost(maker)
    lightgbm(maker)
    catboost(maker)


def pickled(maker, name, model, profile):
    file = name.replace(" ", "-") + ".pkl"
    with open(maker.place(file), "wb") as out:
        pickle.dump(model, out)
    maker.row(f"{name}, pickle", file, "pickle", profile=profile)


def xgboost(maker):
    import xgboost as library

    model = library.XGBClassifier(n_estimators=3).fit(X, Y)
    for suffix in ("json", "ubj"):
        model.save_model(maker.place(f"xgboost.{suffix}"))
        maker.row(f"XGBoost, .{suffix}", f"xgboost.{suffix}", "stand_in")
    pickled(maker, "XGBClassifier", model, "xgboost")
    pickled(maker, "XGBRegressor", library.XGBRegressor(n_estimators=3).fit(X, Y), "xgboost")
    pickled(maker, "xgboost Booster", model.get_booster(), "xgboost")


def lightgbm(maker):
    import lightgbm as library

    model = library.LGBMClassifier(n_estimators=3, verbose=-1).fit(X, Y)
    model.booster_.save_model(maker.place("lightgbm.txt"))
    maker.row("LightGBM, text", "lightgbm.txt", "stand_in")
    pickled(maker, "LGBMClassifier", model, "lightgbm")
    pickled(maker, "LGBMRegressor", library.LGBMRegressor(n_estimators=3, verbose=-1).fit(X, Y), "lightgbm")
    pickled(maker, "lightgbm Booster", model.booster_, "lightgbm")


def catboost(maker):
    import catboost as library

    def fitted(kind, features=X, **rest):
        return getattr(library, kind)(iterations=3, verbose=0, allow_writing_files=False, **rest).fit(features, Y)

    model = fitted("CatBoostClassifier")
    for form, planted in (("cbm", "catboost_trailing"), ("json", "stand_in")):
        model.save_model(maker.place(f"catboost.{form}"), format=form)
        maker.row(f"CatBoost, .{form}", f"catboost.{form}", planted)
    words = np.array([[str(i % 13), str(i % 7), str(i % 2)] for i in range(60)], dtype=object)
    for name, one in (
        ("leaf by leaf", fitted("CatBoostRegressor", grow_policy="Lossguide")),
        ("level by level", fitted("CatBoostClassifier", grow_policy="Depthwise", loss_function="MultiClass")),
        ("categories", fitted("CatBoostClassifier", words, cat_features=[0, 1, 2], one_hot_max_size=3)),
    ):
        one.save_model(maker.place(f"{name.replace(' ', '-')}.cbm"))
        maker.row(f"CatBoost, {name}", f"{name.replace(' ', '-')}.cbm", "catboost_leaf" if name == "leaf by leaf" else "stand_in")
    pickled(maker, "CatBoostClassifier", model, "catboost")
    pickled(
        maker,
        "CatBoostRegressor",
        library.CatBoostRegressor(iterations=3, verbose=0, allow_writing_files=False).fit(X, Y),
        "catboost",
    )
