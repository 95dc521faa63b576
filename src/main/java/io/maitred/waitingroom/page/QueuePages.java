package io.maitred.waitingroom.page;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Adapter;
import io.maitred.metrics.Metrics;
import io.maitred.waitingroom.model.QueueFacts;
import io.maitred.waitingroom.model.config.EffectiveConfig;
import io.maitred.waitingroom.model.config.Room;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pages for users who wait: the default page, or the template of the room or event.
 *
 * <p>The default page takes microseconds and is made by the caller. So are small templates; larger
 * ones have threads of their own, a bounded number of pages that wait for them, and a time after
 * which the user gets the default page instead. A template that failed is set aside for a while, so
 * that one room's does not take the time of others'. Safe for all threads.
 */
public final class QueuePages {
  /** Characters of a template that takes tens of microseconds, or some milliseconds at worst. */
  static final int SMALL = 16 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(QueuePages.class);

  /** Why a page is not the operator's although there is one; also a metric's tag. */
  private enum Failure {
    INVALID,
    BUSY,
    SET_ASIDE,
    TIME,
    SIZE,
    ERROR
  }

  private final PageSettings settings;
  private final Executor executor;
  private final LongSupplier nanos;
  private final MeterRegistry registry;
  private final TemplateCache templates;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * @param executor for large templates
   * @param nanos a clock like {@link System#nanoTime}
   */
  QueuePages(PageSettings settings, Executor executor, LongSupplier nanos, MeterRegistry registry) {
    this.settings = settings;
    this.executor = executor;
    this.nanos = nanos;
    this.registry = registry;
    this.templates = new TemplateCache(settings.cacheSize());
  }

  /** With the settings of {@code maitred.waiting-room.page}. */
  public static QueuePages create(ActorSystem<?> system) {
    DefaultPage.load();
    return new QueuePages(
        PageSettings.from(system.settings().config()),
        system
            .dispatchers()
            .lookup(DispatcherSelector.fromConfig("maitred.waiting-room.page.dispatcher")),
        System::nanoTime,
        Metrics.get(Adapter.toClassic(system)).registry());
  }

  /**
   * What is wrong with a template: its size, its syntax, its nesting, or the use of what is not
   * available. Takes up to some 100 ms for a large one.
   *
   * @return a message for the operator; empty when the template is good
   */
  public static Optional<String> templateError(String template) {
    return PageTemplate.error(template);
  }

  /** The page that a preview shows in place of a site. */
  public static QueuePage welcome() {
    return WelcomePage.PAGE;
  }

  /**
   * The page of a room.
   *
   * @param effective what holds in the room now
   * @param acceptLanguage the visitor's {@code Accept-Language}; empty when there is none. Decides
   *     on the language of the default page when it names one of its languages; otherwise the
   *     room's
   * @return never fails
   */
  public CompletionStage<QueuePage> render(
      Room room, EffectiveConfig effective, QueueFacts facts, String acceptLanguage) {
    return render(
        effective.customPageHtml(),
        room.config().defaultTemplateLanguage(),
        facts,
        acceptLanguage,
        room.id().value());
  }

  /**
   * A template as it would look.
   *
   * @return never fails; the default page when the template cannot be rendered
   */
  public CompletionStage<QueuePage> preview(String template, QueueFacts facts) {
    return render(template, PageLanguage.EN_US.tag(), facts, "", "preview");
  }

  private CompletionStage<QueuePage> render(
      String template, String language, QueueFacts facts, String acceptLanguage, String owner) {
    if (template.isEmpty()) {
      count("default");
      return CompletableFuture.completedFuture(defaultPage(language, facts, acceptLanguage));
    }
    return new Rendering(templates.entry(template), language, facts, acceptLanguage, owner).start();
  }

  private static QueuePage defaultPage(String room, QueueFacts facts, String acceptLanguage) {
    var language =
        AcceptLanguage.choose(acceptLanguage, PageLanguage.of(room).orElse(PageLanguage.EN_US));
    return QueuePage.ofDefault(language, DefaultPage.render(language, facts));
  }

  private void count(String kind) {
    registry.counter("maitred.waiting.room.pages", "kind", kind).increment();
  }

  /** One page from a template. */
  private final class Rendering {
    private final TemplateCache.Entry entry;
    private final String language;
    private final QueueFacts facts;
    private final String acceptLanguage;
    private final String owner;
    private final long deadline = nanos.getAsLong() + settings.renderingBudget().toNanos();

    Rendering(
        TemplateCache.Entry entry,
        String language,
        QueueFacts facts,
        String acceptLanguage,
        String owner) {
      this.entry = entry;
      this.language = language;
      this.facts = facts;
      this.acceptLanguage = acceptLanguage;
      this.owner = owner;
    }

    CompletionStage<QueuePage> start() {
      if (entry.isSetAside(nanos.getAsLong())) {
        return CompletableFuture.completedFuture(failed(Failure.SET_ASIDE));
      }
      if (entry.length() <= SMALL) {
        return CompletableFuture.completedFuture(page());
      }
      if (!entry.begin(settings.maxWaitingPerTemplate())) {
        return CompletableFuture.completedFuture(failed(Failure.BUSY));
      }
      if (waiting.incrementAndGet() > settings.maxWaiting()) {
        ended();
        return CompletableFuture.completedFuture(failed(Failure.BUSY));
      }
      return CompletableFuture.supplyAsync(this::pageInTime, executor)
          .whenComplete((page, failure) -> ended());
    }

    private void ended() {
      waiting.decrementAndGet();
      entry.end();
    }

    /** Time spent waiting for a thread is no fault of this template. */
    private QueuePage pageInTime() {
      return nanos.getAsLong() - deadline > 0 ? failed(Failure.BUSY) : page();
    }

    private QueuePage page() {
      try {
        var html =
            entry.template().render(facts.variables(), nanos, deadline, settings.maxOutput());
        count("custom");
        return QueuePage.ofTemplate(html);
      } catch (InvalidTemplateException e) {
        setAside(e.message());
        return failed(Failure.INVALID);
      } catch (RenderingStoppedException e) {
        setAside(
            switch (e.reason()) {
              case TIME -> "it takes longer than " + settings.renderingBudget().toMillis() + " ms";
              case SIZE -> "it yields more than " + settings.maxOutput() + " characters";
              case ERROR -> "it cannot be rendered: " + e.getCause();
            });
        return failed(
            switch (e.reason()) {
              case TIME -> Failure.TIME;
              case SIZE -> Failure.SIZE;
              case ERROR -> Failure.ERROR;
            });
      }
    }

    private void setAside(String why) {
      entry.setAside(nanos.getAsLong() + settings.setAside().toNanos());
      LOG.warn(
          "The custom page of {} is not used for {} s, users get the default page: {}",
          owner,
          settings.setAside().toSeconds(),
          why);
    }

    private QueuePage failed(Failure failure) {
      count("failed-" + failure.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      return defaultPage(language, facts, acceptLanguage);
    }
  }
}
