/**
 * Models, a page each: MobileNets and other small networks with the options of their papers. They
 * use layers only. Trainers, files and examples take them.
 */
@NullMarked
package dev.tapewise.nn.model;

import org.jspecify.annotations.NullMarked;
