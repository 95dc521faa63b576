package io.maitred.service.model;

/**
 * The service would run as the caller, who only named a host: he has to agree first (contract
 * waiter 5.4, 11.11).
 *
 * @param ifApproved what the request means once he has
 */
public record ConsentRequired(Descriptor ifApproved) implements Resolved {}
