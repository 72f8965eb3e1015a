/* Where threads of one process meet. What crosses processes comes from the settings (bus/...).
 *
 * The supervisor binds all of these before it starts those who connect. Every message on them is
 * one frame (ROUTER and DEALER add their routing frames); every frame is a message of the table.
 */
#ifndef TAGMILL_MESSAGES_ENDPOINTS_H
#define TAGMILL_MESSAGES_ENDPOINTS_H

#define ENDPOINT_CONTROL   "inproc://control"   /* ROUTER < DEALER: gateway threads, workers */
#define ENDPOINT_JOURNAL   "inproc://journal"   /* PAIR: the journal */
#define ENDPOINT_LOADER    "inproc://loader"    /* PAIR: the supervisor's own librarian */
#define ENDPOINT_PUBLISHER "inproc://publisher" /* PAIR: the publisher */

/* Bound by the librarians' desk. */
#define ENDPOINT_LIBRARY "inproc://library" /* ROUTER < DEALER: gateway threads */

#endif
