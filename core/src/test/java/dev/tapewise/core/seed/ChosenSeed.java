package dev.tapewise.core.seed;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Gives every property a seed of its own made from {@code -Dtapewise.seed=}, which may be any text.
 * Without it a property draws its seed anew each time. Found by jqwik as a service.
 */
public class ChosenSeed implements AroundPropertyHook {
  private final String text;

  /** What jqwik calls. */
  public ChosenSeed() {
    this(System.getProperty("tapewise.seed", ""));
  }

  ChosenSeed(String text) {
    this.text = text;
  }

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) {
    if (!text.isEmpty() && context.attributes().seed().isEmpty()) {
      String name = context.containerClass().getName() + "." + context.targetMethod().getName();
      long seed = Hashing.sha256().hashString(text + " " + name, StandardCharsets.UTF_8).asLong();
      context.attributes().setSeed(Long.toString(seed));
    }
    return property.execute();
  }

  /** Before everything else of a property. */
  @Override
  public int aroundPropertyProximity() {
    return -100;
  }

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }
}
