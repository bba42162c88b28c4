def fuzz_wire(*a):
    raise NotImplementedError
