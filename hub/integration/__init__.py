"""The company's back ends: what the hub asks of them, how calls are bounded and repeated, what their answers mean."""
