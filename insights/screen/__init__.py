"""The figures of the command centre's big screen: each with what it means and the time it was true."""
