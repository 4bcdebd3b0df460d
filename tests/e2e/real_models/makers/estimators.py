"""scikit-learn: fitted estimators of every family, by pickle and by joblib."""

import pickle
import warnings

import joblib
import numpy as np

DISTRIBUTIONS = ["scikit-learn", "scipy", "pandas"]
warnings.filterwarnings("ignore")
TEXTS = ["the cat sat", "the dog ran", "a bird flew", "a fish swam", "cats and dogs", "birds and fish"] * 5


def supervised():
    from sklearn import (
        discriminant_analysis,
        dummy,
        ensemble,
        gaussian_process,
        kernel_ridge,
        linear_model,
        naive_bayes,
        neighbors,
        neural_network,
        svm,
        tree,
    )

    yield from (
        linear_model.LinearRegression(),
        linear_model.LogisticRegression(),
        linear_model.Ridge(),
        linear_model.RidgeCV(),
        linear_model.Lasso(),
        linear_model.ElasticNet(),
        linear_model.SGDClassifier(),
        linear_model.SGDRegressor(),
        linear_model.BayesianRidge(),
        linear_model.Perceptron(),
        linear_model.HuberRegressor(),
        linear_model.Lars(),
        linear_model.PoissonRegressor(),
        linear_model.RANSACRegressor(random_state=0),
        linear_model.TheilSenRegressor(max_subpopulation=50),
        linear_model.LogisticRegressionCV(cv=2),
        linear_model.PassiveAggressiveClassifier(),
        linear_model.QuantileRegressor(),
        linear_model.OrthogonalMatchingPursuit(),
        linear_model.TweedieRegressor(),
    )
    yield from (
        tree.DecisionTreeClassifier(),
        tree.DecisionTreeRegressor(),
        tree.ExtraTreeClassifier(),
        ensemble.RandomForestClassifier(3),
        ensemble.RandomForestRegressor(3),
        ensemble.ExtraTreesClassifier(3),
        ensemble.GradientBoostingClassifier(n_estimators=3),
        ensemble.GradientBoostingRegressor(n_estimators=3),
        ensemble.HistGradientBoostingClassifier(max_iter=3),
        ensemble.HistGradientBoostingRegressor(max_iter=3),
        ensemble.AdaBoostClassifier(n_estimators=3),
        ensemble.BaggingClassifier(n_estimators=3),
        ensemble.VotingClassifier([("a", linear_model.LogisticRegression()), ("b", tree.DecisionTreeClassifier())]),
        ensemble.StackingClassifier([("a", linear_model.LogisticRegression())], cv=2),
        ensemble.IsolationForest(n_estimators=3),
    )
    yield from (
        svm.SVC(probability=False),
        svm.SVR(),
        svm.LinearSVC(),
        svm.LinearSVR(),
        svm.NuSVC(nu=0.1),
        svm.OneClassSVM(),
        neighbors.KNeighborsClassifier(algorithm="kd_tree"),
        neighbors.KNeighborsRegressor(algorithm="ball_tree"),
        neighbors.KNeighborsClassifier(algorithm="brute"),
        neighbors.NearestCentroid(),
        neighbors.LocalOutlierFactor(novelty=True),
        neighbors.KernelDensity(),
        neighbors.RadiusNeighborsClassifier(radius=50.0),
        naive_bayes.GaussianNB(),
        naive_bayes.MultinomialNB(),
        naive_bayes.BernoulliNB(),
        naive_bayes.ComplementNB(),
        naive_bayes.CategoricalNB(),
        neural_network.MLPClassifier((4,), max_iter=5),
        neural_network.MLPRegressor(hidden_layer_sizes=(4,), max_iter=5),
        discriminant_analysis.LinearDiscriminantAnalysis(),
        discriminant_analysis.QuadraticDiscriminantAnalysis(),
        gaussian_process.GaussianProcessClassifier(),
        gaussian_process.GaussianProcessRegressor(
            gaussian_process.kernels.RBF() + gaussian_process.kernels.WhiteKernel() * gaussian_process.kernels.Matern()
        ),
        kernel_ridge.KernelRidge(),
        dummy.DummyClassifier(),
        dummy.DummyRegressor(),
    )


def combined():
    from sklearn import calibration, compose, linear_model, model_selection, multiclass, multioutput, pipeline, preprocessing

    logistic = linear_model.LogisticRegression
    scaled = pipeline.make_pipeline(preprocessing.StandardScaler(), logistic())
    yield "pipeline", scaled
    yield "pipeline of columns", pipeline.Pipeline(
        [
            (
                "columns",
                compose.ColumnTransformer(
                    [
                        ("scale", preprocessing.StandardScaler(), [0, 1]),
                        ("bins", preprocessing.KBinsDiscretizer(2), [2]),
                        ("category", preprocessing.OneHotEncoder(handle_unknown="ignore"), slice(3, 5)),
                    ],
                    remainder="passthrough",
                ),
            ),
            ("model", logistic()),
        ]
    )
    yield "grid search", model_selection.GridSearchCV(scaled, {"logisticregression__C": [0.1, 1.0]}, cv=2)
    yield "randomised search", model_selection.RandomizedSearchCV(logistic(), {"C": [0.1, 1.0]}, n_iter=2, cv=2)
    yield "calibrated", calibration.CalibratedClassifierCV(logistic(), cv=2)
    yield "one against the rest", multiclass.OneVsRestClassifier(logistic())
    yield "one against one", multiclass.OneVsOneClassifier(logistic())
    yield "several outputs", multioutput.MultiOutputRegressor(linear_model.Ridge())
    yield from scored()
    yield "transformed target", compose.TransformedTargetRegressor(
        linear_model.Ridge(), transformer=preprocessing.StandardScaler()
    )


def scored():
    """With functions as parameters, and scorers."""
    from sklearn import cluster, ensemble, feature_selection, linear_model, metrics, model_selection, neighbors, pipeline, svm
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401

    logistic = linear_model.LogisticRegression
    grid = model_selection.GridSearchCV
    for score in (
        feature_selection.f_classif,
        feature_selection.chi2,
        feature_selection.f_regression,
        feature_selection.mutual_info_classif,
    ):
        yield f"best by {score.__name__}", pipeline.make_pipeline(feature_selection.SelectKBest(score, k=2), logistic())
    yield "best half", feature_selection.SelectPercentile(feature_selection.f_classif, percentile=50)
    yield "grid search by F1", grid(logistic(), {"C": [0.1, 1.0]}, cv=2, scoring="f1")
    yield "grid search by a scorer", grid(logistic(), {"C": [0.1, 1.0]}, cv=2, scoring=metrics.make_scorer(metrics.fbeta_score, beta=2))
    yield "grid search by two", grid(logistic(), {"C": [0.1, 1.0]}, cv=2, scoring=["accuracy", "roc_auc"], refit="roc_auc")
    yield "halving search", model_selection.HalvingGridSearchCV(logistic(), {"C": [0.1, 1.0]}, cv=2)
    yield "tuned threshold", model_selection.TunedThresholdClassifierCV(logistic(), cv=2)
    yield "forest scored out of bag", ensemble.RandomForestClassifier(5, oob_score=metrics.accuracy_score)
    yield "cosine kernel", svm.SVC(kernel=metrics.pairwise.cosine_similarity)
    for metric in ("canberra", "hamming", "braycurtis"):
        yield f"neighbours by {metric}", neighbors.KNeighborsClassifier(algorithm="ball_tree", metric=metric)
    yield "bisecting k-means", cluster.BisectingKMeans(2)
    yield "agglomerated features", cluster.FeatureAgglomeration(2)


def unsupervised():
    from sklearn import (
        cluster,
        decomposition,
        feature_selection,
        impute,
        kernel_approximation,
        manifold,
        mixture,
        preprocessing,
        random_projection,
    )

    yield from (
        preprocessing.StandardScaler(),
        preprocessing.MinMaxScaler(),
        preprocessing.RobustScaler(),
        preprocessing.PowerTransformer(),
        preprocessing.QuantileTransformer(n_quantiles=5),
        preprocessing.PolynomialFeatures(),
        preprocessing.SplineTransformer(),
        preprocessing.OneHotEncoder(),
        preprocessing.OrdinalEncoder(),
        preprocessing.KBinsDiscretizer(3),
        preprocessing.Normalizer(),
        impute.SimpleImputer(),
        impute.KNNImputer(),
        feature_selection.VarianceThreshold(),
        decomposition.PCA(2),
        decomposition.TruncatedSVD(2),
        decomposition.NMF(2, max_iter=20),
        decomposition.FastICA(2),
        decomposition.LatentDirichletAllocation(2, max_iter=2),
        decomposition.KernelPCA(2),
        decomposition.IncrementalPCA(2),
        cluster.KMeans(2, n_init=1),
        cluster.MiniBatchKMeans(2, n_init=1),
        cluster.DBSCAN(),
        cluster.AgglomerativeClustering(2),
        cluster.Birch(n_clusters=2),
        cluster.MeanShift(),
        cluster.SpectralClustering(2),
        mixture.GaussianMixture(2),
        mixture.BayesianGaussianMixture(n_components=2),
        manifold.Isomap(n_components=2),
        kernel_approximation.RBFSampler(),
        kernel_approximation.Nystroem(n_components=3),
        random_projection.GaussianRandomProjection(2),
    )


def with_labels():
    from sklearn import cross_decomposition, feature_selection, linear_model, preprocessing

    yield from (
        cross_decomposition.PLSRegression(2),
        feature_selection.RFE(linear_model.Ridge(), n_features_to_select=2),
        preprocessing.TargetEncoder(target_type="binary", cv=2),
    )


def of_texts():
    from sklearn import feature_extraction, linear_model, pipeline

    text = feature_extraction.text
    yield "word counts", text.CountVectorizer()
    yield "tf-idf of two words", text.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    yield "hashed words", text.HashingVectorizer(n_features=16)
    yield "classifier of texts", pipeline.make_pipeline(text.TfidfVectorizer(), linear_model.SGDClassifier(loss="log_loss"))


def make(maker):
    random = np.random.default_rng(0)
    features = np.abs(random.normal(size=(60, 5))).round(1)
    labels = np.arange(60) % 2

    def save(name, model):
        saved(maker, name, model)

    for model in supervised():
        integers = type(model).__name__ == "CategoricalNB"
        save(type(model).__name__, model.fit(features.astype(int) if integers else features, labels))
    for model in with_labels():
        save(type(model).__name__, model.fit(features, labels))
    for name, model in combined():
        save(name, model.fit(features, np.stack([labels, labels], 1) if name == "several outputs" else labels))
    for model in unsupervised():
        save(type(model).__name__, model.fit(features))
    for name, model in of_texts():
        save(name, model.fit(TEXTS, np.arange(len(TEXTS)) % 2))
    others(maker, save)


def others(maker, save):
    import pandas
    from sklearn import compose, datasets, linear_model, preprocessing, tree
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    save("LabelEncoder", preprocessing.LabelEncoder().fit(["a", "b"]))
    save("MultiLabelBinarizer", preprocessing.MultiLabelBinarizer().fit([["a"], ["b", "c"]]))
    save("data set (Bunch)", datasets.load_iris())
    save("IterativeImputer", IterativeImputer(linear_model.Ridge(), max_iter=2).fit([[1.0, 2.0], [3.0, np.nan], [np.nan, 6.0]]))
    frame = pandas.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    numbers = compose.make_column_selector(dtype_include=np.number)
    save("columns of numbers", compose.ColumnTransformer([("scale", preprocessing.StandardScaler(), numbers)]).fit(frame))
    save("fitted on a pandas frame", preprocessing.StandardScaler().fit(frame))
    save("fitted on a frame, with labels of pandas", tree.DecisionTreeClassifier().fit(frame, pandas.Series(["x", "y"])))


def saved(maker, name, model):
    file = name.replace(" ", "-").replace("(", "").replace(")", "")
    number = len(maker.rows)
    if number % 3 == 0:
        joblib.dump(model, maker.place(f"{file}-{number}.joblib"), compress=3 if number % 2 else 0)
        path, plant, options = (
            f"{file}-{number}.joblib",
            "pickle_in_stream" if number % 2 else "pickle",
            {"compression": "zlib"} if number % 2 else {},
        )
    else:
        path, plant, options = f"{file}-{number}.pkl", "pickle", {}
        with open(maker.place(path), "wb") as out:
            pickle.dump(model, out, protocol=number % 4 + 2)
    maker.row(name, path, plant, profile="sklearn", options=options)
