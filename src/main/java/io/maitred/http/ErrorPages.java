package io.maitred.http;

import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An error as text and as a page (contract waiter 1.7). The page needs nothing from elsewhere. */
final class ErrorPages {
  private static final Pattern URL = Pattern.compile("https?://[^\\s<>\"']*[^\\s<>\"'.,;:)!?]");

  private static final String STYLE =
      """
      body{font:16px/1.5 system-ui,sans-serif;color:#222;background:#fafafa;margin:3rem auto;\
      max-width:46rem;padding:0 1rem}
      h1{font-size:1.5rem;border-bottom:1px solid #ccc;padding-bottom:.5rem}
      h2{font-size:1rem;color:#555;margin-top:2rem}
      .message{white-space:pre-wrap;font-size:1.1rem}
      th{text-align:left;font-weight:normal;color:#555;padding-right:1.5rem;vertical-align:top}
      td,pre{overflow-wrap:anywhere}
      pre{background:#f0f0f0;padding:.75rem;white-space:pre-wrap}
      """;

  private ErrorPages() {}

  static String text(ErrorReport report) {
    var out = new StringBuilder(1024);
    heading(out, report.title(), '=');
    out.append(report.refusal().message()).append("\n\n");
    heading(out, "Request Info", '-');
    report
        .requestInfo()
        .forEach((name, value) -> out.append(name).append(": ").append(value).append('\n'));
    if (!report.refusal().details().isEmpty()) {
      out.append('\n');
      heading(out, "Additional Info", '-');
      out.append(details(report.refusal().details()));
    }
    if (!report.supportInfo().isEmpty()) {
      out.append('\n');
      heading(out, "Getting Help", '-');
      for (var link : report.supportInfo()) {
        out.append(link.label()).append(": ").append(link.value()).append('\n');
      }
    }
    return out.toString();
  }

  static String html(ErrorReport report) {
    var title = escape(report.title());
    var out = new StringBuilder(4096);
    out.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
        .append(title)
        .append("</title>\n<style>\n")
        .append(STYLE)
        .append("</style></head>\n<body><h1>")
        .append(title)
        .append("</h1>\n<p class=\"message\">")
        .append(withLinks(report.refusal().message()))
        .append("</p>\n<h2>Request Info</h2>\n<table>\n");
    report
        .requestInfo()
        .forEach(
            (name, value) ->
                out.append("<tr><th>")
                    .append(escape(name))
                    .append("</th><td>")
                    .append(escape(value))
                    .append("</td></tr>\n"));
    out.append("</table>\n");
    if (!report.refusal().details().isEmpty()) {
      out.append("<h2>Additional Info</h2>\n<pre>")
          .append(escape(details(report.refusal().details())))
          .append("</pre>\n");
    }
    if (!report.supportInfo().isEmpty()) {
      out.append("<h2>Getting Help</h2>\n<ul>\n");
      for (var link : report.supportInfo()) {
        out.append("<li><a href=\"")
            .append(escape(link.href()))
            .append("\">")
            .append(escape(link.label()))
            .append("</a></li>\n");
      }
      out.append("</ul>\n");
    }
    return out.append("</body></html>\n").toString();
  }

  private static void heading(StringBuilder out, String text, char underline) {
    out.append(text).append('\n');
    out.append(String.valueOf(underline).repeat(text.length())).append("\n\n");
  }

  /** One {@code key value} a line, nested ones indented below their key. */
  static String details(Map<String, Object> details) {
    var out = new StringBuilder();
    details.forEach((key, value) -> line(out, 0, key, value));
    return out.toString();
  }

  private static void line(StringBuilder out, int depth, String key, @Nullable Object value) {
    out.append("  ".repeat(depth)).append(key);
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      out.append('\n');
      map.forEach((name, nested) -> line(out, depth + 1, String.valueOf(name), nested));
    } else if (value instanceof Collection<?> list) {
      out.append(' ').append(JsonBody.text(list)).append('\n');
    } else {
      out.append(' ').append(value).append('\n');
    }
  }

  /** Text with {@code & < > "} escaped. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** Escaped text in which each http(s) URL is a link. */
  static String withLinks(String text) {
    var out = new StringBuilder();
    var url = URL.matcher(text);
    int done = 0;
    while (url.find()) {
      var address = escape(url.group());
      out.append(escape(text.substring(done, url.start())))
          .append("<a href=\"")
          .append(address)
          .append("\">")
          .append(address)
          .append("</a>");
      done = url.end();
    }
    return out.append(escape(text.substring(done))).toString();
  }
}
