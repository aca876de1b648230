# The examples of the pages in doc, for tests that run them as they stand there.

package Page;

use strict;
use warnings;

use Exporter qw(import);
use FindBin;
use PostgreSQL::Test::Utils;

our @EXPORT = qw(block);

# The block of a page, in this language, that mentions this.
sub block
{
	my ($page, $language, $mentions) = @_;
	my ($found) = grep { /\Q$mentions\E/ } slurp_file("$FindBin::RealBin/../../doc/$page") =~ /^```$language\n(.*?)^```$/msg;
	die "doc/$page has no block of $language with $mentions" if !defined $found;
	return $found;
}

1;
