/**
 * What users see while they wait: the default page in its languages, and the pages of operators,
 * which are templates. Talks to nobody; the front end asks it for pages.
 */
@NullMarked
package io.maitred.waitingroom.page;

import org.jspecify.annotations.NullMarked;
