/**
 * Losses: what a trainer minimises, with smoothing and weighting where the paper has them. They
 * record ops like a layer does. Trainers and programs recorded by hand use them.
 */
@NullMarked
package dev.tapewise.nn.loss;

import org.jspecify.annotations.NullMarked;
