package io.maitred.http;

import java.util.List;

/** The frame of all pages: they look alike and need nothing from elsewhere. */
public final class HtmlPage {
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

  private HtmlPage() {}

  /**
   * A whole document.
   *
   * @param title plain text, title and headline
   * @param body HTML below the headline
   */
  public static String of(String title, CharSequence body) {
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>"
        + escape(title)
        + "</title>\n<style>\n"
        + STYLE
        + "</style></head>\n<body><h1>"
        + escape(title)
        + "</h1>\n"
        + body
        + "</body></html>\n";
  }

  /** The block "Getting Help"; empty when there is no link. */
  public static String help(List<SupportLink> links) {
    if (links.isEmpty()) {
      return "";
    }
    var out = new StringBuilder("<h2>Getting Help</h2>\n<ul>\n");
    for (var link : links) {
      out.append("<li><a href=\"")
          .append(escape(link.href()))
          .append("\">")
          .append(escape(link.label()))
          .append("</a></li>\n");
    }
    return out.append("</ul>\n").toString();
  }

  /** Text with {@code & < > "} escaped. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
