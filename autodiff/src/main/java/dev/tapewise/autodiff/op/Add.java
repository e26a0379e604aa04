package dev.tapewise.autodiff.op;

import dev.tapewise.autodiff.Binding;
import dev.tapewise.autodiff.GradientTarget;
import dev.tapewise.autodiff.Op;
import dev.tapewise.autodiff.Operand;
import dev.tapewise.core.Shape;
import dev.tapewise.core.kernel.Elementwise;
import dev.tapewise.core.kernel.GradientReading;
import java.util.List;

/** The sum of two tensors of one shape, such as a block and its shortcut. */
public final class Add implements Op {

  /** An addition. */
  public Add() {}

  @Override
  public String name() {
    return "add";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (!inputs.get(0).equals(inputs.get(1))) {
      throw new IllegalArgumentException("both tensors must have one shape");
    }
    return inputs.get(0);
  }

  @Override
  public boolean backwardReadsInput(int input) {
    return false;
  }

  @Override
  public boolean backwardReadsOutput() {
    return false;
  }

  @Override
  public boolean addsGradient(int input) {
    return true;
  }

  @Override
  public void forward(Binding binding) {
    Elementwise kernel = binding.kernels().elementwise();
    Operand a = binding.input(0);
    Operand b = binding.input(1);
    Operand y = binding.output();
    if (a.batched() != b.batched()) {
      binding.requireBatch(
          binding.capacity(), "a tensor without a batch can be added to a whole batch only");
    }
    binding.play(
        new ElementTask(y) {
          @Override
          void run(int from, int count) {
            kernel.add(
                y.data(),
                y.offset() + from,
                a.data(),
                a.offset() + from,
                b.data(),
                b.offset() + from,
                count);
          }
        });
  }

  @Override
  public void backward(Binding binding) {
    Elementwise kernel = binding.kernels().elementwise();
    GradientReading dy = binding.outputGradient();
    for (int input = 0; input < 2; input++) {
      GradientTarget dx = binding.inputGradient(input);
      if (dx == null) {
        continue;
      }
      binding.play(
          new ElementTask(binding.output()) {
            @Override
            void run(int from, int count) {
              if (dx.add()) {
                kernel.add(
                    dx.data(),
                    dx.offset() + from,
                    dx.data(),
                    dx.offset() + from,
                    dy.data(),
                    dy.offset() + from,
                    count);
              } else {
                System.arraycopy(
                    dy.data(), dy.offset() + from, dx.data(), dx.offset() + from, count);
              }
            }
          });
    }
  }
}
