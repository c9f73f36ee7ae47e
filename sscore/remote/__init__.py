"""Models in a process of their own: what ends that process (native code that breaks, a system short of memory) ends no
other, and its work slows no other down. `sscore.remote.process.ModelProcess` is where to begin."""
