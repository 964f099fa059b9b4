package import Algebra
package import Arguments

/// A segment of a running instance's opening, as small as it can be kept: while nothing has been folded in, the few random
/// entries it started with; after the first fold those and a multiple of integers; field elements only from the second on.
/// So what is folded once, as the weights of embedding and head in the proof of one text, never takes 32 bytes an entry.
package enum RunningSegment: Sendable {
  /// Zeros but for these entries, by ascending place.
  case start(ScaledIntegers<ScalarField>)
  /// The start and a multiple of integers.
  case once(ScaledIntegers<ScalarField>)
  /// Any entries.
  case full(FieldVector<ScalarField>)

  /// The number of entries.
  package var count: Int {
    switch self {
    case .start(let entries), .once(let entries): entries.count
    case .full(let entries): entries.count
    }
  }

  /// All entries; a copy unless they are kept as field elements.
  package var vector: FieldVector<ScalarField> {
    switch self {
    case .start(let entries), .once(let entries): entries.vector
    case .full(let entries): entries
    }
  }

  /// Keeps the entries as field elements from now on.
  mutating func fill() {
    let vector = vector
    if case .full = self { return }
    erase()
    self = .full(vector)
  }

  /// Adds a multiple of integers, of which there are no more than entries.
  package mutating func add(_ integers: SegmentEntries, by factor: ScalarField) {
    switch self {
    case .start(let entries):
      self = .once(entries.with(integers.asStored, times: factor))
    case .once, .full:
      fill()
      var vector = vector
      // The only reference from here on, so that nothing is copied.
      self = .full([])
      switch integers.asStored {
      case .int16(let integers): vector.addScaled(integers, by: factor)
      case .int64(let integers): vector.addScaled(integers, by: factor)
      }
      self = .full(vector)
    }
  }

  /// Overwrites the entries, but integers that others hold too.
  package mutating func erase() {
    let held = self
    self = .full([])
    switch consume held {
    case .start(var entries):
      entries.erase()
      self = .start(entries)
    case .once(var entries):
      entries.erase()
      self = .once(entries)
    case .full(var entries):
      entries.erase()
      self = .full(entries)
    }
  }
}

extension SegmentEntries {
  /// The integers as they are stored, 32-bit ones apart.
  fileprivate var asStored: ScaledIntegers<ScalarField>.Integers {
    switch self {
    case .int16(let entries): .int16(entries[...])
    case .int32, .int64: .int64(integers[...])
    }
  }
}
