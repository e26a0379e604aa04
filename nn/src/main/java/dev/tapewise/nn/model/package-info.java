/**
 * Models, a page each: MobileNets and other small networks with the options of their papers. They
 * record layers, save and load through {@code dev.tapewise.nn.io}, and know the normalisation of
 * {@code dev.tapewise.nn.data} that their images had, so that a saved model predicts from raw
 * pixels. Trainers and examples take them.
 */
@NullMarked
package dev.tapewise.nn.model;

import org.jspecify.annotations.NullMarked;
