package dev.tapewise.autodiff.compile;

import dev.tapewise.autodiff.Node;
import dev.tapewise.autodiff.Var;
import dev.tapewise.core.kernel.Activation;
import org.jspecify.annotations.Nullable;

/**
 * A norm, the activation behind it that it absorbed, and what became of both.
 *
 * @param norm the norm
 * @param activation the absorbed activation, or null
 * @param input the norm's input
 * @param terminal the norm's or the activation's output
 * @param function what the absorbed activation computes
 * @param gatherer the producer of the input where it gathers the statistics, or null
 * @param virtual whether the terminal is never written but read from the input
 * @param sumsGatherer whose backward pass gathers the sums of the gradient as that of its input, or
 *     null
 * @param gradientVirtual whether the input's gradient is never written but read from the terminal's
 * @param why what kept it from fusing further, empty where nothing did
 */
record Group(
    Node norm,
    @Nullable Node activation,
    Var input,
    Var terminal,
    Activation function,
    @Nullable Node gatherer,
    boolean virtual,
    Graph.@Nullable Use sumsGatherer,
    boolean gradientVirtual,
    String why) {}
