"""Su Jianlin's two networks for CCKS 2019: the baseline and the final model (https://kexue.fm/archives/6919)."""
