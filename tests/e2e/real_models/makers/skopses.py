"""skops: estimators without pickle."""

import numpy as np
from skops import io
from sklearn import ensemble, linear_model, pipeline, preprocessing, svm

DISTRIBUTIONS = ["skops"]


def make(maker):
    features, labels = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    models = {
        "logistic": linear_model.LogisticRegression(),
        "forest": ensemble.RandomForestClassifier(3),
        "svc": svm.SVC(),
        "pipeline": pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.Ridge()),
    }
    for name, model in models.items():
        io.dump(model.fit(features, labels), maker.place(f"{name}.skops"))
        maker.row(name, f"{name}.skops", "skops_type")
