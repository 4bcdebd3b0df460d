"""skops: estimators without pickle."""

import numpy as np
from skops import io
from sklearn import ensemble, feature_selection, linear_model, model_selection, neighbors, pipeline, preprocessing, svm

DISTRIBUTIONS = ["skops"]


def make(maker):
    features, labels = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    models = {
        "logistic": linear_model.LogisticRegression(),
        "forest": ensemble.RandomForestClassifier(3),
        "svc": svm.SVC(),
        "selection": pipeline.make_pipeline(
            feature_selection.SelectKBest(feature_selection.f_classif, k=2), linear_model.LogisticRegression()
        ),
        "function": pipeline.make_pipeline(preprocessing.FunctionTransformer(np.arctan), linear_model.Ridge()),
        "kd_tree": neighbors.KNeighborsClassifier(algorithm="kd_tree"),
        "ball_tree": neighbors.KNeighborsClassifier(algorithm="ball_tree"),
        "random_state": model_selection.GridSearchCV(
            linear_model.LogisticRegression(),
            {"C": [1, 2]},
            cv=model_selection.StratifiedKFold(2, shuffle=True, random_state=np.random.RandomState(0)),
        ),
        "pipeline": pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.Ridge()),
    }
    for name, model in models.items():
        io.dump(model.fit(features, labels), maker.place(f"{name}.skops"))
        maker.row(name, f"{name}.skops", "skops_type")
