"""configs/chnsenticorp_bert.yaml runs unchanged."""

from tests.pretrained.recipes import check_recipe, make_data


def test_train_and_predict_without_the_checkpoint(tmp_path, monkeypatch):
    data = make_data(tmp_path / "data")
    monkeypatch.setenv("NLPX_DATA", str(data))
    check_recipe("classification", "chnsenticorp", data, tmp_path)
